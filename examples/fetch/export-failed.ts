// Prints the messages of the last days that did not arrive, as CSV:
//   GATEWAY_KEY=tgw_… npm --prefix examples run -s fetch -- 30 > failed.csv
// Phone numbers are printed as they are.

const { GATEWAY_URL = 'http://localhost:4000/graphql', GATEWAY_KEY } = process.env;

// No dateSent filter: it would leave out the messages that Twilio rejected before it sent them.
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

interface Result {
  data?: {
    messages: {
      nodes: FailedMessage[];
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
    } | null;
  };
  errors?: { message: string }[];
}

/** Yields page after page, newest first. A page may be empty although more follow. */
async function* failedMessages(): AsyncGenerator<FailedMessage[]> {
  let after: string | null = null;
  do {
    const response: Response = await fetch(GATEWAY_URL, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(GATEWAY_KEY ? { authorization: `Bearer ${GATEWAY_KEY}` } : {}),
      },
      body: JSON.stringify({ query: QUERY, variables: { after } }),
    });
    const { data, errors } = (await response.json()) as Result;
    if (!data?.messages) throw new Error(errors?.[0]?.message ?? `HTTP ${response.status}`);
    yield data.messages.nodes;
    const { hasNextPage, endCursor } = data.messages.pageInfo;
    after = hasNextPage ? endCursor : null;
  } while (after !== null);
}

function csvLine(values: (string | number | null)[]): string {
  return `${values.map((value) => `"${String(value ?? '').replaceAll('"', '""')}"`).join(',')}\n`;
}

async function exportFailed(days: number): Promise<void> {
  const cutoff = Date.now() - days * 86_400_000;
  const isBefore = (date: string | null) => date !== null && Date.parse(date) < cutoff;
  process.stdout.write(csvLine(['sid', 'created', 'sent', 'from', 'to', 'status', 'code', 'reason']));
  for await (const messages of failedMessages()) {
    for (const { sid, dateCreated, dateSent, from, to, status, delivery } of messages) {
      if (isBefore(dateCreated)) continue;
      const { code = null, title = null } = delivery.error ?? {};
      process.stdout.write(csvLine([sid, dateCreated, dateSent, from, to, status, code, title]));
    }
    // Newest first by the date sent, so everything after this page is older still.
    if (messages.some(({ dateSent }) => isBefore(dateSent))) break;
  }
}

const days = Number(process.argv[2] ?? 7);
if (!(days > 0)) {
  process.stderr.write('Usage: export-failed.ts [DAYS]\n');
  process.exitCode = 2;
} else {
  await exportFailed(days).catch(({ message, cause }: Error) => {
    process.stderr.write(`${message}${cause instanceof Error ? `: ${cause.message}` : ''}\n`);
    process.exitCode = 1;
  });
}
