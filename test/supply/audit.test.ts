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

type Query = Readonly<Record<string, readonly string[]>>;

/** Starts a registry without packages; `respond` is its advisories endpoint. */
async function openRegistry(respond: (query: Query, response: ServerResponse) => void): Promise<string> {
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    if (request.url !== '/-/npm/v1/security/advisories/bulk') return void response.writeHead(404).end('{}');
    respond(JSON.parse(gunzipSync(body).toString()), response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Responds with one advisory for a package. */
const withAdvisory = (name: string, severity: string) => (query: Query, response: ServerResponse) => {
  const advisory = {
    id: 1,
    url: 'https://github.com/advisories/GHSA-0000-0000-0000',
    title: 'Invented for this test',
    severity,
    vulnerable_versions: '>=0',
    cwe: [],
    cvss: { score: 0, vectorString: null },
  };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(name in query ? { [name]: [advisory] } : {}));
};

/** Runs the audit with the real npm and this package's lock. */
function audit(registry: string, ...options: string[]): Promise<{ exit: unknown; output: string }> {
  // npm caches advisories.
  const cache = mkdtempSync(join(tmpdir(), 'npm-'));
  onTestFinished(() => rmSync(cache, { recursive: true }));
  const settings = { registry, cache, fetch_retries: '0' };
  const env = { ...process.env };
  for (const [name, value] of Object.entries(settings)) env[`npm_config_${name}`] = value;
  return new Promise((resolve) => {
    execFile(process.execPath, ['scripts/audit.ts', ...options], { cwd: ROOT, env }, (error, stdout) =>
      resolve({ exit: error?.code ?? 0, output: stdout }),
    );
  });
}

describe('npm run audit', () => {
  test('passes without findings', async () => {
    const queries: Query[] = [];
    const registry = await openRegistry((names, response) => {
      queries.push(names);
      withAdvisory('no-such-package', 'high')(names, response);
    });
    const { exit, output } = await audit(registry, '--require');
    expect(output).toBe(
      'audit: shipped dependencies: nothing found\naudit: all dependencies, high and critical: nothing found\n',
    );
    expect(exit).toBe(0);
    const [shipped = {}, all = {}] = queries;
    expect(shipped).toHaveProperty('graphql');
    expect(shipped).not.toHaveProperty('vitest');
    expect(all).toHaveProperty('vitest');
  });

  test('fails for any finding in a shipped dependency', async () => {
    const { exit, output } = await audit(await openRegistry(withAdvisory('graphql', 'low')));
    expect(exit).toBe(1);
    expect(output).toMatch(/^audit: shipped dependencies: FOUND\n(?: {2}low {2}.+\n)* {2}low {2}graphql /);
    expect(output).toContain('Invented for this test (https://github.com/advisories/GHSA-0000-0000-0000)');
  });

  test('fails for a critical finding in a development dependency, but not for a moderate one', async () => {
    const critical = await audit(await openRegistry(withAdvisory('vitest', 'critical')));
    expect(critical.exit).toBe(1);
    expect(critical.output).toContain('audit: shipped dependencies: nothing found\n');
    expect(critical.output).toContain('all dependencies, high and critical: FOUND\n  critical  vitest ');
    const moderate = await audit(await openRegistry(withAdvisory('vitest', 'moderate')));
    expect(moderate.exit).toBe(0);
  });

  test.each([
    ['has no advisories', (_query: Query, response: ServerResponse) => response.writeHead(405).end()],
    ['fails', (_query: Query, response: ServerResponse) => response.writeHead(500).end('no')],
    ['closes the connection', (_query: Query, response: ServerResponse) => response.destroy()],
  ])('reports a registry that %s, and fails where an audit is required', async (_name, respond) => {
    const registry = await openRegistry(respond);
    const lenient = await audit(registry);
    expect(lenient.output).toMatch(/^(?:audit: [^:]+: NOT DONE, the registry did not audit: .+\n){2}$/);
    expect(lenient.exit).toBe(0);
    expect(await audit(registry, '--require')).toEqual({ exit: 1, output: lenient.output });
  });
});
