import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/config.ts';
import { codeIn, ROOT, readDocument, tableUnder } from '../docs/markdown.ts';

const UNIT = 'deploy/systemd/twilio-graphql-gateway.service';
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
const { shutdownTimeoutMs } = loadConfig({});
const { bin } = JSON.parse(readDocument('package.json'));

interface Compose {
  services: Record<
    string,
    {
      environment: Record<string, string>;
      ports?: string[];
      build?: { context: string; dockerfile: string };
      healthcheck: { test: string[] };
      stop_grace_period: string;
    }
  >;
  volumes: object;
}

test('docs/deploy.md leads to files that are there, and to the job the alerts name', () => {
  const text = readDocument('docs/deploy.md');
  const links = [...text.matchAll(/\]\((\.\.\/[^)]+)\)/g)].map(([, path = '']) => path);
  const paths = [...text.matchAll(/ (deploy\/[\w./-]+\w)/g)].map(([, path = '']) => `../${path}`);
  expect(links.length).toBeGreaterThan(2);
  const missing = [...links, ...paths].filter((path) => !existsSync(new URL(`docs/${path}`, ROOT)));
  // Made by the reader.
  expect(missing.filter((path) => path !== '../deploy/.env')).toEqual([]);
  const [, job = ''] = /job_name: (\S+)/.exec(text) ?? [];
  expect(readDocument('deploy/prometheus/alerts.yaml')).toContain(`job="${job}"`);
});

test('docs/deploy.md says of every alert where to look first', () => {
  const rows = tableUnder(readDocument('docs/deploy.md'), 'Prometheus and Grafana');
  const alerts = [...readDocument('deploy/prometheus/alerts.yaml').matchAll(/- alert: (\w+)/g)];
  expect(alerts.length).toBeGreaterThan(8);
  expect(rows.map(([alert]) => codeIn(alert))).toEqual(alerts.map(([, name]) => name));
});

test('docs/deploy.md installs what the image has', () => {
  const [, copied = ''] = /^cp -r (.+) \/opt/m.exec(readDocument('docs/deploy.md')) ?? [];
  const last =
    readDocument('deploy/Dockerfile')
      .split(/^FROM /m)
      .at(-1) ?? '';
  const names = [...last.matchAll(/^COPY (?:--from=build \/app\/(\S+)|(.+)) \S+$/gm)].flatMap(
    ([, built, given = '']) => (built ? [built] : given.split(' ')),
  );
  expect(copied.split(' ').sort()).toEqual(names.sort());
});

describe('the compose file', () => {
  const compose = parse(readDocument('deploy/compose.yaml')) as Compose;
  const { gateway } = compose.services;
  const environment = Object.fromEntries(
    Object.entries(gateway?.environment ?? {}).map(([name, value]) => [name, interpolate(value)]),
  );

  test('is one, by the Compose Specification\u2019s schema', () => {
    const schema = JSON.parse(readDocument('test/deploy/vendor/compose-spec.json'));
    const validate = new Ajv({ strict: false, validateFormats: false }).compile({
      ...schema,
      $schema: undefined,
    });
    validate(compose);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ services: { gateway: { prots: ['80:80'] } } })).toBe(false);
  });

  test('gives the gateway settings it knows and can use', () => {
    const known = new Set<string>();
    loadConfig(new Proxy({}, { get: (_target, name) => void known.add(String(name)) }));
    expect(Object.keys(environment).filter((name) => !known.has(name))).toEqual([]);
    const config = loadConfig(environment);
    expect(config).toMatchObject({ host: '0.0.0.0', port: 4000, observability: { port: 9464 } });
    expect(config.adminKey).toBeTruthy();
    expect(config.encryptionKeys).toHaveLength(1);
    expect(config.database.url).toContain('@database:5432/gateway');
  });

  test('publishes to this machine alone, and not the metrics', () => {
    expect(Object.values(compose.services).flatMap(({ ports = [] }) => ports)).toEqual([
      '127.0.0.1:4000:4000',
    ]);
  });

  test('asks the gateway\u2019s own health, and gives it the time it takes to stop', () => {
    expect(gateway?.healthcheck.test.join(' ')).toContain(`127.0.0.1:${environment.METRICS_PORT}/ready`);
    expect(Number.parseInt(gateway?.stop_grace_period ?? '', 10) * 1000).toBeGreaterThanOrEqual(
      shutdownTimeoutMs + 5_000,
    );
  });

  test('builds from a file that is there', () => {
    const { context = '', dockerfile = '' } = gateway?.build ?? {};
    expect(existsSync(new URL(`deploy/${context}/${dockerfile}`, ROOT))).toBe(true);
  });
});

describe('the Dockerfile', () => {
  const text = readDocument('deploy/Dockerfile');
  const allowed = readDocument('deploy/Dockerfile.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));

  test('copies what is there, and what is not ignored', () => {
    const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
      names.split(' '),
    );
    expect(copied.length).toBeGreaterThan(5);
    const isAllowed = (name: string) => allowed.some((one) => name === one || name.startsWith(`${one}/`));
    expect(copied.filter((name) => !existsSync(new URL(name, ROOT)) || !isAllowed(name))).toEqual([]);
    expect(allowed).not.toContain('.env');
  });

  test('starts the command the package has, by Node 24 itself and not as root', () => {
    const [, command = '[]'] = /^CMD (.+)$/m.exec(text) ?? [];
    expect(JSON.parse(command)).toEqual(['node', bin['twilio-graphql-gateway'], 'start']);
    expect([...text.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)).toEqual([
      'node:24-slim',
      'node:24-slim',
    ]);
    expect(text).toMatch(/^USER node$/m);
  });
});

describe('the systemd unit', () => {
  const text = readDocument(UNIT);

  test('starts the command the package has, and gives it the time it takes to stop', () => {
    expect(text).toMatch(
      new RegExp(
        `^ExecStart=/usr/bin/node /opt/twilio-graphql-gateway/current/${bin['twilio-graphql-gateway']} start$`,
        'm',
      ),
    );
    const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(text) ?? [];
    expect(Number(seconds) * 1000).toBeGreaterThanOrEqual(shutdownTimeoutMs + 5_000);
    expect(text).toMatch(/^Restart=always$/m);
  });

  test.skipIf(!hasSystemd)(
    'is one, by systemd-analyze verify (skipped where systemd is not installed)',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'unit-'));
      // The check wants programs and files that are there.
      const unit = join(folder, 'twilio-graphql-gateway.service');
      const environment = join(folder, 'env');
      writeFileSync(environment, '');
      writeFileSync(
        unit,
        text
          .replace('/usr/bin/node', process.execPath)
          .replace('/etc/twilio-graphql-gateway.env', environment),
      );
      try {
        const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], {
          encoding: 'utf8',
        });
        const ours = stderr.split('\n').filter((line) => line.includes('twilio-graphql-gateway'));
        expect({ status, ours }).toEqual({ status: 0, ours: [] });
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  test.skipIf(!hasSystemd)(
    'is hardened, by systemd-analyze security (skipped where systemd is not installed)',
    () => {
      const file = new URL(UNIT, ROOT).pathname;
      const report = execFileSync('systemd-analyze', ['security', '--offline=true', '--threshold=20', file], {
        encoding: 'utf8',
      });
      expect(report).toContain('Overall exposure level');
    },
  );
});

/** As compose does it, with a value for what must be given. */
function interpolate(value: string): string {
  return value.replace(/\$\{(\w+):([?-])([^}]*)\}/g, (_all, name: string, kind: string, rest: string) => {
    if (kind === '-') return rest;
    return name.endsWith('PASSWORD') ? 'abc123' : Buffer.alloc(32, name).toString('base64');
  });
}
