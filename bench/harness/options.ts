import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { PlanOptions } from './plan.ts';
import { BENCH } from './targets.ts';

export interface Options extends PlanOptions {
  readonly help: boolean;
  readonly pin: boolean;
  readonly serverCore: number;
  readonly loadCore: number;
  readonly out: string;
  readonly gatewayEnv: readonly string[];
  readonly gatewayDir: string | undefined;
  readonly nodeArgs: readonly string[];
  /** The parts to measure. */
  readonly parts: readonly string[];
  /** Number of messages of the history. */
  readonly messages: number;
}

const PARTS = ['load', 'walks', 'limiter', 'direct'];
/** Measured on its own, and only if it is named. */
export const HISTORY = 'history';

export const HELP = `npm run bench -- [options]

  --quick                  one short repetition, under two minutes
   --only gateway,apollo    only these servers; of the history: sqlite, postgresql
   --workloads W1,W4        only these workloads
   --latencies 0,50         latencies of the upstream in the load tables, in milliseconds
   --parts load,walks       only these parts: ${PARTS.join(', ')}; or ${HISTORY} on its own
   --messages 100000        messages of the history; by default 1,000,000, with --quick 100,000
   --repetitions 3          number of repetitions
   --seconds 3              duration of each measured interval
   --gateway-env NAME=VALUE setting for the gateway; can be repeated
   --gateway-dir DIRECTORY  another checkout of the gateway, to compare
   --node-arg=--cpu-prof    argument of Node for the server under test; can be repeated
   --server-core 0          core of the server
   --load-core 1            core of the load generator and the upstream
   --no-pin                 do not pin processes to cores
   --out DIRECTORY          directory for latest.json, table.md and chart.svg
`;

/** @throws for an unknown option */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      help: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      pin: { type: 'boolean', default: true },
      only: { type: 'string' },
      workloads: { type: 'string' },
      latencies: { type: 'string', default: '0,50' },
      parts: { type: 'string' },
      messages: { type: 'string' },
      repetitions: { type: 'string' },
      seconds: { type: 'string' },
      out: { type: 'string', default: join(BENCH, 'results') },
      'server-core': { type: 'string', default: '0' },
      'load-core': { type: 'string', default: '1' },
      'gateway-env': { type: 'string', multiple: true, default: [] },
      'gateway-dir': { type: 'string' },
      'node-arg': { type: 'string', multiple: true, default: [] },
    },
  });
  const { quick } = values;
  const list = (text: string | undefined) => text?.split(',').filter(Boolean);
  return {
    help: values.help,
    quick,
    pin: values.pin,
    latencies: values.latencies.split(',').map(Number),
    targets: list(values.only),
    workloads: list(values.workloads),
    parts: list(values.parts) ?? PARTS,
    messages: Number(values.messages ?? (quick ? 100_000 : 1_000_000)),
    repetitions: Number(values.repetitions ?? (quick ? 1 : 3)),
    durationMs: Number(values.seconds ?? (quick ? 0.8 : 3)) * 1000,
    out: resolve(values.out),
    serverCore: Number(values['server-core']),
    loadCore: Number(values['load-core']),
    gatewayEnv: values['gateway-env'],
    gatewayDir: values['gateway-dir'] && resolve(values['gateway-dir']),
    nodeArgs: values['node-arg'],
  };
}
