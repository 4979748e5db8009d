// Prints the messages of the last days that did not arrive, as CSV:
//   node examples/export-failed.ts 30 > failed.csv
// Phone numbers are printed as they are.

const url = process.env.GATEWAY_URL ?? 'http://localhost:4000/graphql';
const days = Number(process.argv[2] ?? 7);
const cutoff = Date.now() - days * 86_400_000;

// No dateSent filter: it would leave out the messages Twilio rejected before it sent them.
const QUERY = `
  query FailedMessages($after: String) {
    messages(first: 200, after: $after, filter: { status: [FAILED, UNDELIVERED] }) {
      nodes {
        sid dateCreated dateSent from to status
        delivery { error { code title } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }`;

interface FailedMessage {
  sid: string;
  dateCreated: string | null;
  dateSent: string | null;
  from: string | null;
  to: string | null;
  status: string;
  delivery: { error: { code: number; title: string | null } | null };
}

interface Answer {
  data?: {
    messages: {
      nodes: FailedMessage[];
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
    } | null;
  };
  errors?: { message: string }[];
}

/** Yields page after page, newest first; a page may be empty although more follow. */
async function* failedMessages(): AsyncGenerator<FailedMessage[]> {
  let after: string | null = null;
  do {
    const response: Response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: QUERY, variables: { after } }),
    });
    const { data, errors } = (await response.json()) as Answer;
    if (!data?.messages) throw new Error(errors?.[0]?.message ?? `HTTP ${response.status}`);
    yield data.messages.nodes;
    const { hasNextPage, endCursor } = data.messages.pageInfo;
    after = hasNextPage ? endCursor : null;
  } while (after !== null);
}

const isBefore = (date: string | null) => date !== null && Date.parse(date) < cutoff;

function csvLine(values: (string | number | null)[]): string {
  return `${values.map((value) => `"${String(value ?? '').replaceAll('"', '""')}"`).join(',')}\n`;
}

process.stdout.write(csvLine(['sid', 'created', 'sent', 'from', 'to', 'status', 'code', 'reason']));
for await (const messages of failedMessages()) {
  for (const message of messages) {
    if (isBefore(message.dateCreated)) continue;
    const { sid, dateCreated, dateSent, from, to, status, delivery } = message;
    const { code = null, title = null } = delivery.error ?? {};
    process.stdout.write(csvLine([sid, dateCreated, dateSent, from, to, status, code, title]));
  }
  // Newest first by the date sent, so everything after this is older still.
  if (messages.some(({ dateSent }) => isBefore(dateSent))) break;
}
