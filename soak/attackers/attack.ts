import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { requestOf } from '../../bench/harness/workloads.ts';
import { compile, textOf } from '../../bench/load/compile.ts';
import { Connection } from '../../bench/load/connection.ts';

/** An attack of limited duration. */
export type Attack = { readonly port: number; readonly seconds: number } & (
  | {
      /** Each connection sends its next request after the previous response. */
      readonly kind: 'closed loop';
      readonly connections: number;
      readonly apiKey: string;
      /** Prefix of the last 24 digits of the account SID in each request. */
      readonly account: string;
    }
  | {
      /** Bodies sent byte by byte, without a key. */
      readonly kind: 'slow bodies';
      readonly connections: number;
      /** Total of all connections. */
      readonly bytesPerSecond: number;
    }
);

/** Number of responses by status; 0 counts closed connections. */
export type Tally = Record<string, number>;

/** Runs in a separate process: carries out one attack per message and sends its tally. */
process.on('message', async (attack: Attack) => {
  const tally: Tally = {};
  const count = (status: number) => {
    tally[status] = (tally[status] ?? 0) + 1;
  };
  await (attack.kind === 'closed loop' ? closedLoop(attack, count) : slowBodies(attack, count));
  process.send?.(tally);
});
process.once('disconnect', () => process.exit(0));

async function closedLoop(
  { port, seconds, connections, apiKey, account }: Attack & { kind: 'closed loop' },
  count: (status: number) => void,
): Promise<void> {
  const template = requestOf('W1', 'gateway');
  const [before = '', after = ''] = textOf(template, `authorization: Bearer ${apiKey}\r\n`).split('{tail}');
  // A different account each time, so that nothing is shared or cached.
  const next = compile({ ...template, path: '', body: '{tail}' }, null);
  const tail = () => account + next().slice(-24 + account.length);
  const end = performance.now() + seconds * 1_000;
  const all = Array.from({ length: connections }, () => new Connection(port));
  const loops = all.map(async (connection) => {
    while (performance.now() < end) {
      try {
        const { status } = await connection.send(before + tail() + after);
        if (performance.now() < end) count(status);
      } catch {
        if (performance.now() < end) count(0);
        await sleep(10);
      }
    }
  });
  await sleep(seconds * 1_000);
  for (const connection of all) connection.close();
  await Promise.all(loops);
}

const SLOW_LENGTH = 4_000;

async function slowBodies(
  { port, seconds, connections, bytesPerSecond }: Attack & { kind: 'slow bodies' },
  count: (status: number) => void,
): Promise<void> {
  const head = `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${SLOW_LENGTH}\r\n\r\n`;
  const piece = ' '.repeat(Math.max(1, Math.round(bytesPerSecond / connections)));
  let isOver = false;
  function open(): void {
    if (isOver) return;
    const socket = connect({ port, host: '127.0.0.1' });
    let left = SLOW_LENGTH;
    socket.write(head);
    const drip = setInterval(() => {
      if (left <= 0) {
        left = SLOW_LENGTH;
        socket.write(head);
      }
      const bytes = piece.slice(0, left);
      left -= bytes.length;
      socket.write(bytes);
    }, 1_000);
    sockets.add(socket);
    socket.on('data', (bytes) => {
      for (const [, status] of bytes.toString('latin1').matchAll(/HTTP\/1\.1 (\d+)/g)) count(Number(status));
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(drip);
      sockets.delete(socket);
      if (isOver) return;
      count(0);
      setTimeout(open, 10);
    });
  }
  const sockets = new Set<ReturnType<typeof connect>>();
  for (let index = 0; index < connections; index += 1) open();
  await sleep(seconds * 1_000);
  isOver = true;
  for (const socket of sockets) socket.destroy();
}
