/** The text of operations that a person can take along: as GraphQL, as curl, or into GraphiQL. */
export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The operation that reads one message, with what the console shows of it. */
export function messageOperation(accountSid: string, sid: string): Operation {
  return {
    query: `query Message($accountSid: AccountSid, $sid: MessageSid!) {
  message(accountSid: $accountSid, sid: $sid) {
    sid
    accountSid
    direction
    channel
    from
    to
    body
    bodyState
    status
    delivery { outcome isFinal error { code title explanation documentationUrl } }
    dateCreated
    dateSent
    dateUpdated
  }
}`,
    variables: { accountSid, sid },
  };
}

/** The operation that lists the messages of a filter, as the screen does. */
export function listOperation(
  args: { readonly in: unknown; readonly filter: unknown },
  first = 50,
): Operation {
  return {
    query: `query Messages($in: AccountSelection, $filter: MessageFilter, $first: Int, $after: String) {
  messages(in: $in, filter: $filter, first: $first, after: $after) {
    nodes {
      sid
      accountSid
      direction
      channel
      from
      to
      body
      status
      errorCode
      delivery { outcome }
      dateCreated
      dateSent
    }
    pageInfo { hasNextPage endCursor }
    source
    asOf
    totalCount
  }
}`,
    variables: { ...args, first },
  };
}

/**
 * A command that sends an operation. It has no secret: the key comes from a variable of the shell.
 *
 * @param needsKey whether the gateway wants one
 */
export function toCurl({ query, variables }: Operation, origin: string, needsKey: boolean): string {
  const body = JSON.stringify({ query, variables });
  return [
    `curl ${quote(`${origin}/graphql`)}`,
    `-H 'content-type: application/json'`,
    ...(needsKey ? [`-H "authorization: Bearer $GATEWAY_KEY"`] : []),
    `-d ${quote(body)}`,
  ].join(' \\\n  ');
}

/** The query with its variables, for a client or GraphiQL. */
export function toText({ query, variables }: Operation): string {
  return `${query}\n\n# Variables\n${JSON.stringify(variables, null, 2).replace(/^/gm, '# ')}`;
}

/** GraphiQL with an operation. In the fragment, which is not sent: a query has phone numbers in it. */
export function graphiqlHref({ query, variables }: Operation): string {
  const parts = { query, variables: JSON.stringify(variables, null, 2) };
  const text = Object.entries(parts).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return `/graphql#${text.join('&')}`;
}

/** A word of a POSIX shell. */
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
