import type { RequestTemplate } from '../load/jobs.ts';

export const WORKLOADS = ['W1', 'W2', 'W3', 'W4'] as const;
export type Workload = (typeof WORKLOADS)[number];

export const TITLES: Readonly<Record<Workload | 'W5' | 'W6', string>> = {
  W1: '50 messages, 12 fields',
  W2: 'the same with account { sid friendlyName status }',
  W3: '20 message aliases over 10 SIDs',
  W4: '1,000 messages, 12 fields',
  W5: '100,000 messages by following endCursor',
  W6: 'a status filter that keeps 1 in 100 of 100,000',
};

/** Account digits of the gateway's own credential, used by hot requests. */
export const OWN_TAIL = `${'0'.repeat(23)}1`;

const TWELVE =
  'sid accountSid status direction from to body numSegments price priceUnit dateCreated dateSent';
const TWELVE_AT_TWILIO =
  'sid account_sid status direction from to body num_segments price price_unit date_created date_sent';

const ACCOUNT = 'ACbe4c0000{tail}';
const sids = Array.from({ length: 10 }, (_, i) => `s${i}`);
const messageVariables = Object.fromEntries(sids.map((name, i) => [name, `SM{tail}0000000${i}`]));
const aliases = (field: (sid: string) => string) =>
  Array.from({ length: 20 }, (_, i) => `m${i}: ${field(`$s${i % 10}`)}`).join(' ');
const declare = (type: string) => sids.map((name) => `$${name}: ${type}`).join(', ');

const QUERIES: Readonly<Record<Workload, string>> = {
  W1: `query W1($account: AccountSid!) { messages(accountSid: $account, first: 50) { nodes { ${TWELVE} } } }`,
  W2: `query W2($account: AccountSid!) { messages(accountSid: $account, first: 50) { nodes { ${TWELVE} account { sid friendlyName status } } } }`,
  W3: `query W3($account: AccountSid!, ${declare('MessageSid!')}) { ${aliases((sid) => `message(accountSid: $account, sid: ${sid}) { ${TWELVE} }`)} }`,
  W4: `query W4($account: AccountSid!) { messages(accountSid: $account, first: 1000) { nodes { ${TWELVE} } } }`,
};

/** The same data in Mesh's schema of Twilio's OpenAPI document. */
const MESH_QUERIES: Readonly<Record<Workload, string>> = {
  W1: `query W1($account: String!) { ListMessage(AccountSid: $account, PageSize: 50) { messages { ${TWELVE_AT_TWILIO} } } }`,
  W2: `query W2($account: String!) { ListMessage(AccountSid: $account, PageSize: 50) { messages { ${TWELVE_AT_TWILIO} account { sid friendly_name status } } } }`,
  W3: `query W3($account: String!, ${declare('String!')}) { ${aliases((sid) => `FetchMessage(AccountSid: $account, Sid: ${sid}) { ${TWELVE_AT_TWILIO} }`)} }`,
  W4: `query W4($account: String!) { ListMessage(AccountSid: $account, PageSize: 1000) { messages { ${TWELVE_AT_TWILIO} } } }`,
};

export type Dialect = 'gateway' | 'mesh';

export function requestOf(workload: Workload, dialect: Dialect): RequestTemplate {
  const query = (dialect === 'mesh' ? MESH_QUERIES : QUERIES)[workload];
  const variables = { account: ACCOUNT, ...(workload === 'W3' ? messageVariables : {}) };
  return post({ operationName: workload, query, variables });
}

/** The request to the upstream itself for a workload's list. */
export const directRequest = (pageSize: number): RequestTemplate => ({
  method: 'GET',
  path: `/2010-04-01/Accounts/${ACCOUNT}/Messages.json?PageSize=${pageSize}`,
  body: '',
});

/** One page of W5 (all messages) or W6 (failed ones, if the server can filter). */
export function walkRequest(dialect: Dialect, filter: boolean): RequestTemplate {
  if (dialect === 'mesh') {
    const query = `query Walk($account: String!, $page: Int, $after: String) { ListMessage(AccountSid: $account, PageSize: 1000, Page: $page, PageToken: $after) { messages { ${TWELVE_AT_TWILIO} } next_page_uri } }`;
    return walkPost(query, { account: ACCOUNT, page: 1 });
  }
  const where = filter ? ', filter: { status: [FAILED] }' : '';
  const query = `query Walk($account: AccountSid!, $after: String) { messages(accountSid: $account, first: 1000, after: $after${where}) { nodes { ${TWELVE} } pageInfo { hasNextPage endCursor } } }`;
  return walkPost(query, { account: ACCOUNT });
}

/** A single message, different each time, of one account; the limiter's workload. */
export const singleMessage: RequestTemplate = post({
  query:
    'query One($account: AccountSid!, $sid: MessageSid!) { message(accountSid: $account, sid: $sid) { sid } }',
  variables: { account: ACCOUNT, sid: 'SM{tail}{index}' },
});

function post(body: object): RequestTemplate {
  return { method: 'POST', path: '/graphql', body: JSON.stringify(body) };
}

function walkPost(query: string, variables: object): RequestTemplate {
  const template = post({ query, variables: { ...variables, after: '{after}' } });
  return { ...template, body: template.body.replace('"{after}"', '{after}') };
}
