// Follows one message until its status is final, but no longer than so many seconds:
//   node examples/watch-delivery.ts SM… 120
// Exits 0 when the message arrived, 1 when it did not, 2 when that is still open.

const url = process.env.GATEWAY_URL ?? 'http://localhost:4000/graphql';
const [, , sid, seconds = '60'] = process.argv;
const deadline = Date.now() + Number(seconds) * 1000;

interface Answer {
  data?: {
    message: {
      status: string;
      delivery: { outcome: string; isFinal: boolean; error: { explanation: string | null } | null };
    } | null;
  };
  errors?: { message: string }[];
}

async function readMessage() {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ documentId: 'RetrieveMessage', variables: { sid } }),
  });
  const { data, errors } = (await response.json()) as Answer;
  if (!data) throw new Error(errors?.[0]?.message ?? `HTTP ${response.status}`);
  // Twilio may need a moment to find a message that was just sent: null is no reason to stop yet.
  return data.message;
}

let last = '';
for (;;) {
  const message = await readMessage();
  const status = message?.status ?? 'not found yet';
  if (status !== last) process.stdout.write(`${new Date().toISOString()} ${status}\n`);
  last = status;
  if (message?.delivery.isFinal) {
    const { outcome, error } = message.delivery;
    process.stdout.write(`${outcome}${error?.explanation ? `: ${error.explanation}` : ''}\n`);
    process.exitCode = outcome === 'SUCCEEDED' ? 0 : 1;
    break;
  }
  // SENT may never change: not every carrier sends a receipt, so the wait needs a bound.
  if (Date.now() + 1000 > deadline) {
    process.stdout.write(`Still ${status} after ${seconds} s.\n`);
    process.exitCode = 2;
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 1000));
}
