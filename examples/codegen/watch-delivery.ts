// Follows one message until its status is final, with types that graphql-codegen generates:
//   GATEWAY_KEY=tgw_… npm --prefix examples run -s codegen -- SM… 120
// Exits with 0 if the message arrived, with 1 if it did not, with 3 if that is still open after the given seconds.
import type { WatchedMessageQuery } from './generated/graphql.ts';
import { graphql } from './generated/index.ts';

const { GATEWAY_URL = 'http://localhost:4000/graphql', GATEWAY_KEY } = process.env;

const QUERY = graphql(`
  query WatchedMessage($sid: MessageSid!) {
    message(sid: $sid) {
      status
      delivery { outcome isFinal error { explanation } }
    }
  }
`);

async function readMessage(sid: string): Promise<WatchedMessageQuery['message']> {
  const response = await fetch(GATEWAY_URL, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(GATEWAY_KEY ? { authorization: `Bearer ${GATEWAY_KEY}` } : {}),
    },
    body: JSON.stringify({ query: QUERY.toString(), variables: { sid } }),
  });
  const { data, errors }: { data?: WatchedMessageQuery; errors?: { message: string }[] } =
    await response.json();
  if (!data || errors) throw new Error(errors?.[0]?.message ?? `HTTP ${response.status}`);
  // Null: Twilio may need a moment to find a message that was just sent.
  return data.message;
}

/** Returns the exit code. */
async function watch(sid: string, seconds: number): Promise<number> {
  const deadline = Date.now() + seconds * 1000;
  let last = '';
  for (;;) {
    const message = await readMessage(sid);
    const status = message?.status ?? 'not found yet';
    if (status !== last) process.stdout.write(`${new Date().toISOString()} ${status}\n`);
    last = status;
    if (message?.delivery.isFinal) {
      const { outcome, error } = message.delivery;
      process.stdout.write(`${outcome}${error?.explanation ? `: ${error.explanation}` : ''}\n`);
      return outcome === 'SUCCEEDED' ? 0 : 1;
    }
    // SENT may never change, because not every carrier sends a receipt: the wait needs a limit.
    if (Date.now() + 1000 > deadline) {
      process.stdout.write(`Still ${status} after ${seconds} s.\n`);
      return 3;
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

const [, , sid = '', seconds = '60'] = process.argv;
if (!/^(SM|MM)[0-9a-f]{32}$/.test(sid) || !(Number(seconds) > 0)) {
  process.stderr.write('Usage: watch-delivery.ts SID [SECONDS]\n');
  process.exitCode = 2;
} else {
  process.exitCode = await watch(sid, Number(seconds)).catch(({ message, cause }: Error) => {
    process.stderr.write(`${message}${cause instanceof Error ? `: ${cause.message}` : ''}\n`);
    return 1;
  });
}
