import { resolve } from 'node:path';
import { killChildrenOnExit } from './harness/child-process.ts';
import { chooseCores } from './harness/machine.ts';
import { ROOT } from './harness/targets.ts';
import { startUpstream, type Upstream } from './harness/upstream-process.ts';
import { messageSid, newestDate, wireMessage } from './upstream/messages.ts';

/**
 * The cost of a read of one message, in CPU microseconds of this process, layer by layer:
 * `node bench/transport.ts [DIRECTORY …]` compares checkouts of the gateway, this one by default, taking turns.
 */
const directories = process.argv.slice(2).map((directory) => resolve(directory));

const CONCURRENCY = 32;
const CALLS = 3_000;
const ROUNDS = 9;

const TAIL = `${'0'.repeat(23)}1`;
const PARAMS = { AccountSid: `ACbe4c0000${TAIL}`, Sid: messageSid(1, TAIL) };
const PATH = `/2010-04-01/Accounts/${PARAMS.AccountSid}/Messages/${PARAMS.Sid}.json`;
const TOKEN = 'bench.access.token';

type Call = () => Promise<unknown>;

const newSignal = () => new AbortController().signal;
const sidOf = (index: number) => messageSid(index % 100, TAIL);

/** The ways to make one call with a checkout; the first three have a body at hand, so no socket's cost is in theirs. */
async function waysOf(directory: string, upstream: Upstream): Promise<[string, Call][]> {
  const from = (file: string) => import(`${directory}/src/twilio/${file}`);
  const { createAccessTokens } = await from('../auth/access-tokens.ts');
  const { createDispatch } = await from('transport/dispatch.ts');
  const { CompleteResponse } = await from('transport/complete-response.ts');
  const { kyClient } = await from('transport/ky-client.ts');
  const { createSessions } = await from('session.ts');
  const { messages } = await from('resources/messages.ts');

  const apiUrl = new URL(upstream.url);
  const { fetch } = createDispatch({ timeoutMs: 10_000 });
  const headers = { authorization: `Bearer ${TOKEN}`, accept: 'application/json' };
  const bodies = Array.from({ length: 100 }, (_, index) =>
    JSON.stringify(wireMessage(index, TAIL, newestDate())),
  );
  const atOnce = async () => new CompleteResponse(200, bodies[1], {});
  const atOnceBySid = async (to: string | Request) => {
    const url = typeof to === 'string' ? to : to.url;
    const at = url.indexOf('/SM') + 27;
    return new CompleteResponse(200, bodies[Number.parseInt(url.slice(at, at + 8), 16)], {});
  };

  const request = {
    ...{ endpoint: messages.read, params: PARAMS, path: PATH, accountSid: PARAMS.AccountSid },
    ...{ ownAccount: true, largePage: false, token: TOKEN },
  };
  const events = { served() {}, failed() {}, circuitChanged() {} };
  const credential = { id: 'bench', accountSid: PARAMS.AccountSid, secretVersion: 1 };
  const tokens = createAccessTokens(async () => ({ value: TOKEN, expiresAt: Date.now() + 86_400_000 }));
  const ky = (via: unknown): Call => {
    const send = kyClient({ apiUrl, fetch: via });
    return () => send(request, { signal: newSignal() });
  };
  const chain = (via: unknown): Call => {
    const limits = { upstreamTimeoutMs: 10_000, requestTimeoutMs: 30_000, retentionDays: 400 };
    const { client } = createSessions({ apiUrl, fetch: via, events, ...limits }).of(credential, () => tokens);
    let index = 0;
    // Another message each time: none may share the call of another one.
    return () => client.read(messages, { ...PARAMS, Sid: sidOf(index++) }, { signal: newSignal() });
  };
  const dispatch = () => fetch(upstream.url + PATH, { headers, signal: newSignal() });
  return [
    ['nothing', atOnce],
    ['ky', ky(atOnce)],
    ['whole chain', chain(atOnceBySid)],
    ['dispatch', async () => (await dispatch()).text()],
    ['ky + dispatch', ky(fetch)],
    ['whole chain + dispatch', chain(fetch)],
  ];
}

/** CPU microseconds a call. */
async function measure(call: Call): Promise<number> {
  let left = CALLS;
  const worker = async () => {
    while (left-- > 0) await call();
  };
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

killChildrenOnExit();
const cores = chooseCores(0, 1);
const upstream = await startUpstream(cores?.load);
const ways = await Promise.all(
  (directories.length > 0 ? directories : [ROOT]).map((directory) => waysOf(directory, upstream)),
);
const names = ways[0]?.map(([name]) => name) ?? [];
const found = new Map<Call, number[]>(ways.flat().map(([, call]) => [call, []]));
for (let round = 0; round < ROUNDS + 2; round += 1) {
  for (const [index] of names.entries()) {
    for (const way of round % 2 === 0 ? ways : ways.toReversed()) {
      const call = way[index]?.[1];
      const cost = call ? await measure(call) : Number.NaN;
      // Code that is not compiled yet would distort the figures.
      if (call && round >= 2) found.get(call)?.push(cost);
    }
  }
}
process.stdout.write(`CPU µs a call, median of ${ROUNDS} rounds of ${CALLS} at concurrency ${CONCURRENCY}\n`);
for (const [index, name] of names.entries()) {
  const costs = ways.map((way) =>
    median(found.get(way[index]?.[1] as Call) ?? [])
      .toFixed(1)
      .padStart(7),
  );
  process.stdout.write(`${name.padEnd(30)}${costs.join('')}\n`);
}
await upstream.stop();
process.exit();
