import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../docs/markdown.ts';

type Asked = Readonly<Record<string, readonly string[]>>;

/** A registry that knows no packages; `answer` is its endpoint of advisories. */
async function openRegistry(answer: (asked: Asked, response: ServerResponse) => void): Promise<string> {
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    if (request.url !== '/-/npm/v1/security/advisories/bulk') return void response.writeHead(404).end('{}');
    answer(JSON.parse(gunzipSync(body).toString()), response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Knows one advisory, of a package if it is asked about it. */
const knowing = (name: string, severity: string) => (asked: Asked, response: ServerResponse) => {
  const advisory = {
    id: 1,
    url: 'https://github.com/advisories/GHSA-0000-0000-0000',
    title: 'Made up for this test',
    severity,
    vulnerable_versions: '>=0',
    cwe: [],
    cvss: { score: 0, vectorString: null },
  };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(name in asked ? { [name]: [advisory] } : {}));
};

/** The real npm, over the lock of this package. */
function audit(registry: string, ...options: string[]): Promise<{ exit: unknown; said: string }> {
  // npm keeps what it learns of an advisory.
  const cache = mkdtempSync(join(tmpdir(), 'npm-'));
  onTestFinished(() => rmSync(cache, { recursive: true }));
  const settings = { registry, cache, fetch_retries: '0' };
  const env = { ...process.env };
  for (const [name, value] of Object.entries(settings)) env[`npm_config_${name}`] = value;
  return new Promise((resolve) => {
    execFile(process.execPath, ['scripts/audit.ts', ...options], { cwd: ROOT, env }, (error, stdout) =>
      resolve({ exit: error?.code ?? 0, said: stdout }),
    );
  });
}

describe('npm run audit', () => {
  test('passes where nothing was found', async () => {
    const asked: Asked[] = [];
    const registry = await openRegistry((names, response) => {
      asked.push(names);
      knowing('no-such-package', 'high')(names, response);
    });
    const { exit, said } = await audit(registry, '--require');
    expect(said).toBe(
      'audit: shipped dependencies: nothing found\naudit: all dependencies, high and critical: nothing found\n',
    );
    expect(exit).toBe(0);
    const [shipped = {}, all = {}] = asked;
    expect(shipped).toHaveProperty('graphql');
    expect(shipped).not.toHaveProperty('vitest');
    expect(all).toHaveProperty('vitest');
  });

  test('fails for any finding in what is shipped, and says which', async () => {
    const { exit, said } = await audit(await openRegistry(knowing('graphql', 'low')));
    expect(exit).toBe(1);
    expect(said).toMatch(/^audit: shipped dependencies: FOUND\n(?: {2}low {2}.+\n)* {2}low {2}graphql /);
    expect(said).toContain('Made up for this test (https://github.com/advisories/GHSA-0000-0000-0000)');
  });

  test('fails for a grave finding in what only develops, not for a small one', async () => {
    const grave = await audit(await openRegistry(knowing('vitest', 'critical')));
    expect(grave.exit).toBe(1);
    expect(grave.said).toContain('audit: shipped dependencies: nothing found\n');
    expect(grave.said).toContain('all dependencies, high and critical: FOUND\n  critical  vitest ');
    const small = await audit(await openRegistry(knowing('vitest', 'moderate')));
    expect(small.exit).toBe(0);
  });

  test.each([
    ['has no advisories', (_asked: Asked, response: ServerResponse) => response.writeHead(405).end()],
    ['is out of order', (_asked: Asked, response: ServerResponse) => response.writeHead(500).end('no')],
    ['hangs up', (_asked: Asked, response: ServerResponse) => response.destroy()],
  ])(
    'a registry that %s is not taken for a clean one, and fails where an audit is required',
    async (_what, answer) => {
      const registry = await openRegistry(answer);
      const lenient = await audit(registry);
      expect(lenient.said).toMatch(/^(?:audit: [^:]+: NOT DONE, the registry did not audit: .+\n){2}$/);
      expect(lenient.exit).toBe(0);
      expect(await audit(registry, '--require')).toEqual({ exit: 1, said: lenient.said });
    },
  );
});
