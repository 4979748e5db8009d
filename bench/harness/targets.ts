import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Dialect, OWN_TAIL } from './workloads.ts';

export const BENCH = join(import.meta.dirname, '..');
export const ROOT = join(BENCH, '..');

export interface Target {
  readonly id: string;
  readonly label: string;
  readonly dialect: Dialect;
  /** Pipes the upstream's bytes instead of GraphQL. */
  readonly raw?: boolean;
  readonly cwd: string;
  readonly script: string;
  env(upstream: string, scratch: string): Record<string, string>;
  /** The reason it cannot be measured here, if any. */
  readonly absent?: string;
}

/** Settings and checkout of the gateway, from the command line. */
let gatewayExtra: Record<string, string> = {};
let gatewayDir = ROOT;
export function setGateway(pairs: readonly string[], directory: string | undefined): void {
  gatewayExtra = Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
  gatewayDir = directory ?? ROOT;
}

const gateway = (id: string, label: string, log: Record<string, string>): Target => ({
  id,
  label,
  dialect: 'gateway',
  get cwd() {
    return gatewayDir;
  },
  script: 'scripts/start.mjs',
  env: (upstream, scratch) => ({
    HOST: '127.0.0.1',
    SANDBOX: 'off',
    TWILIO_API_URL: upstream,
    TWILIO_OAUTH_URL: upstream,
    TWILIO_ACCOUNT_SID: `ACbe4c0000${OWN_TAIL}`,
    TWILIO_CLIENT_ID: `OQ${'b'.repeat(32)}`,
    TWILIO_CLIENT_SECRET: 'invented-secret-of-the-bench',
    DATABASE_FILE: join(scratch, 'gateway.db'),
    ...log,
    ...gatewayExtra,
  }),
});

const peer = (id: string, label: string, more: Partial<Target> = {}): Target => ({
  id,
  label,
  dialect: 'gateway',
  cwd: BENCH,
  script: `peers/${id}.ts`,
  env: (upstream) => ({ UPSTREAM_URL: upstream, UPSTREAM_TOKEN: 'bench.access.token' }),
  ...more,
});

const hasMesh = existsSync(join(BENCH, 'node_modules/@graphql-hive/gateway-runtime'));

export const TARGETS: readonly Target[] = [
  gateway('gateway', 'this gateway', { LOG_LEVEL: 'silent' }),
  gateway('gateway-log', 'this gateway, default log', {}),
  peer('mercurius', 'Mercurius, JIT + loaders'),
  peer('apollo', 'Apollo + datasource-rest'),
  peer('mesh', 'Hive Gateway + Mesh OpenAPI', {
    dialect: 'mesh',
    ...(hasMesh ? {} : { absent: '@graphql-hive/gateway-runtime is not installed' }),
  }),
  peer('yoga', 'Yoga + fetch'),
  peer('floor-parse', 'floor: parse, 12 fields'),
  peer('floor-pipe', 'floor: pipe bytes', { raw: true }),
];
