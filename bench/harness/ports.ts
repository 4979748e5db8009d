import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from './machine.ts';

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Tries every five milliseconds until it answers. @throws when the process ends or `withinMs` are over */
export async function untilAnswers(
  ask: () => Promise<boolean>,
  child: Child,
  withinMs: number,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (performance.now() < end) {
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode} before it answered.`);
    if (await ask().catch(() => false)) return;
    await sleep(5);
  }
  throw new Error(`It did not answer within ${withinMs / 1000} s.`);
}
