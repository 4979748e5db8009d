import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { MIGRATIONS } from '../../src/store/sql/migrations.ts';
import type { TestEngine } from './test-engines.ts';

const PROGRAM = fileURLToPath(new URL('store-process.ts', import.meta.url));
const CHANGES = 200;

/** Tests with several processes on one database, and with killed ones. */
export function crashSuite(engine: TestEngine): void {
  function start(location: string, task: string) {
    const child = spawn(process.execPath, [PROGRAM, engine.name, location, task], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    return { child, lines: createInterface(child.stdout), exit: once(child, 'close'), errors: () => errors };
  }

  test('four processes can open an empty database at once', async () => {
    const location = await engine.empty();
    const processes = Array.from({ length: 4 }, () => start(location, 'open'));
    const codes = await Promise.all(processes.map(async ({ exit }) => (await exit)[0]));
    expect(codes, processes.map(({ errors }) => errors()).join('\n')).toEqual([0, 0, 0, 0]);

    const migrations = await engine.execute(location, 'select * from schema_migrations');
    expect(migrations).toHaveLength(MIGRATIONS.length);
  }, 60_000);

  test(`a process killed at random during ${CHANGES} additions and rotations loses nothing acknowledged`, async () => {
    const location = await engine.empty();
    /** Possible secrets of each credential: the last acknowledged one and those tried after it. */
    const possible = new Map<string, string[]>();
    let done = 0;
    let kills = 0;

    while (done < CHANGES) {
      const { child, lines, exit, errors } = start(location, 'churn');
      const last = done + 10 + Math.floor(Math.random() * 30);
      for await (const line of lines) {
        const [word, id = '', secret = ''] = line.split(' ');
        if (word === 'try') possible.set(id, [...(possible.get(id) ?? []), secret]);
        if (word !== 'done') continue;
        possible.set(id, [secret]);
        done += 1;
        // Lines that are already in the pipe still count.
        if (done === last) setTimeout(() => child.kill('SIGKILL'), Math.random() * 5);
      }
      const [, signal] = await exit;
      expect(signal, errors()).toBe('SIGKILL');
      kills += 1;
    }

    expect(kills).toBeGreaterThan(1);
    const store = await engine.open(location);
    for (const [id, secrets] of possible) expect(secrets).toContain(await store.clientSecret(id));
    // Each kill may leave one unacknowledged addition.
    const { length } = await store.list();
    expect(length - possible.size).toBeLessThanOrEqual(kills);
    await store.close();
  }, 120_000);
}
