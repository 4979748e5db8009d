import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../docs/markdown.ts';
import { run } from './process.ts';

/** A checkout with the packages of this one, and without a bundle. */
function checkout(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-checkout-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['src', 'scripts', 'operations', 'package.json', 'package-lock.json']) {
    cpSync(new URL(name, ROOT), join(folder, name), { recursive: true, preserveTimestamps: true });
  }
  symlinkSync(new URL('node_modules', ROOT), join(folder, 'node_modules'));
  return folder;
}

/** Starts the gateway, sends one query, and stops it. */
async function startAndAsk(folder: string): Promise<void> {
  const program = run([join(folder, 'scripts/start.mjs')], { PORT: '0', SANDBOX_MESSAGES: '10' });
  const url = await program.printed(/"url":"(http:[^"]+)"/);
  const response = await fetch(`${url}/graphql?query={account{sid}}`);
  expect(await response.text()).toMatch(/"sid":"AC/);
  const page = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } });
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('graphiql')]);
  program.child.kill('SIGTERM');
  expect(await program.exited).toBe(0);
}

const bundles = (folder: string) =>
  readdirSync(join(folder, 'build')).filter((name) => /^\w{16}$/.test(name));

test('npm start makes a bundle of the sources once, and another when they have changed', {
  timeout: 60_000,
}, async () => {
  const folder = checkout();
  await startAndAsk(folder);
  expect(bundles(folder)).toHaveLength(1);
  await startAndAsk(folder);
  expect(bundles(folder)).toHaveLength(1);
  utimesSync(join(folder, 'src/log.ts'), new Date(), new Date());
  await startAndAsk(folder);
  expect(bundles(folder)).toHaveLength(2);
});

test('npm start runs the sources where no bundle can be made', { timeout: 60_000 }, async () => {
  const folder = checkout();
  writeFileSync(join(folder, 'scripts/bundle.mjs'), 'process.exit(3);');
  await startAndAsk(folder);
  expect(existsSync(join(folder, 'build'))).toBe(false);
});
