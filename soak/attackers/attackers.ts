import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, startNode, stopNode } from '../../bench/harness/child-process.ts';
import type { Cores } from '../../bench/harness/machine.ts';
import { startUpstream } from '../../bench/harness/upstream-process.ts';
import { createToken } from '../../src/auth/api-token.ts';
import { createListRequests } from '../load/list-requests.ts';
import { type OpenLoopRequest, openLoop } from '../load/open-loop.ts';
import { type Summary, summarize } from '../load/statistics.ts';
import type { Options } from '../options.ts';
import { ROOT, startGateway } from '../processes.ts';
import { atMost, type Goal, type Report, round } from '../report.ts';
import { fillStore } from '../store.ts';
import type { Attack, Tally } from './attack.ts';

const POLITE_RATE = 2;
const HEALTH_RATE = 5;
/** Prefix of the accounts for which the upstream does not respond. */
const HANGING = 'dead';
const CALLERS = {
  polite: `ACbe4c0000${'1'.repeat(24)}`,
  attacker: `ACbe4c0000${'2'.repeat(24)}`,
  hanging: `ACbe4c0000${HANGING}${'3'.repeat(20)}`,
};
const WARM_UP = { rate: 60, seconds: 5 };
const REST_MS = 500;

type Keys = Readonly<Record<keyof typeof CALLERS, string>>;
/** An attack without its port and duration. */
type AttackKind = Attack extends infer One
  ? One extends Attack
    ? Omit<One, 'port' | 'seconds'>
    : never
  : never;

interface Attacker {
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly attack: (keys: Keys) => AttackKind | null;
}

const loop = (connections: number, apiKey: string, account = ''): AttackKind => ({
  kind: 'closed loop',
  connections,
  apiKey,
  account,
});

/** The first has no attack: the baseline of the polite caller. */
const ATTACKERS: readonly Attacker[] = [
  { name: 'alone', attack: () => null },
  { name: 'one key, 200 connections', attack: ({ attacker }) => loop(200, attacker) },
  {
    name: 'the same, RATE_PER_MINUTE=600',
    env: { RATE_PER_MINUTE: '600' },
    attack: ({ attacker }) => loop(200, attacker),
  },
  { name: 'a wrong key, 300 connections', attack: () => loop(300, createToken()) },
  { name: 'a Twilio that hangs, 1,200 connections', attack: ({ hanging }) => loop(1_200, hanging, HANGING) },
  {
    name: '1,150 slow bodies without a key',
    attack: () => ({ kind: 'slow bodies', connections: 1_150, bytesPerSecond: 26 * 1_024 }),
  },
];

interface Measurement {
  readonly name: string;
  readonly polite: Summary;
  readonly health: Summary;
  readonly attack: Tally | null;
}

/** Measures a polite caller with its own key and credential, first alone and then during each attack. */
export async function attackers(options: Options, cores: Cores | null): Promise<Report> {
  const seconds = options.quick ? 10 : 30;
  const directory = mkdtempSync(join(tmpdir(), 'twilio-soak-'));
  const upstream = await startUpstream(cores?.load);
  const generator = startNode({
    core: cores?.load,
    cwd: ROOT,
    args: ['soak/attackers/attack.ts'],
    ipc: true,
  });
  try {
    await upstream.set({ latencyMs: options.latencyMs, hangs: HANGING });
    const store = await fillStore(directory, CALLERS);
    const keyOf = (name: keyof typeof CALLERS) => store.apiKeys[name]?.[0] ?? '';
    const keys: Keys = { polite: keyOf('polite'), attacker: keyOf('attacker'), hanging: keyOf('hanging') };
    const measurements: Measurement[] = [];
    for (const attacker of ATTACKERS.filter(({ name }, i) => i === 0 || name.includes(options.attacker))) {
      const env = { ...store.env, ...options.env, ...attacker.env };
      const gateway = await startGateway(cores?.server, upstream.url, null, env);
      try {
        const next = await createListRequests(gateway.port, keys.polite);
        // RATE_PER_MINUTE also applies to the polite caller.
        const { rate, seconds: warmUp } = attacker.env ? { rate: 20, seconds: 5 } : WARM_UP;
        await openLoop({ port: gateway.port, rate, seconds: warmUp }, next);
        const kind = attacker.attack(keys);
        const attack = kind && run(generator, { ...kind, port: gateway.port, seconds: seconds + 1 });
        await sleep(REST_MS);
        const [polite, health] = await Promise.all([
          openLoop({ port: gateway.port, rate: POLITE_RATE, seconds }, next),
          openLoop({ port: gateway.port, rate: HEALTH_RATE, seconds }, nextProbe),
        ]);
        measurements.push({
          name: attacker.name,
          polite: summarize(polite, seconds),
          health: summarize(health, seconds),
          attack: await attack,
        });
      } finally {
        await gateway.stop();
      }
    }
    return report(measurements, options.latencyMs);
  } finally {
    await Promise.all([stopNode(generator), upstream.stop()]);
    rmSync(directory, { recursive: true, force: true });
  }
}

function run(generator: Child, attack: Attack): Promise<Tally> {
  return new Promise((resolve) => {
    generator.once('message', (tally) => resolve(tally as Tally));
    generator.send(attack);
  });
}

const PROBE = 'GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n';

const nextProbe = (): OpenLoopRequest => ({
  text: PROBE,
  classify: ({ status }) => (status === 200 ? 'accepted' : 'wrong'),
});

/** Number of requests without the right response. */
const failed = ({ rejected, wrong, broken }: Summary) => rejected + wrong + broken;

/** Infinity when no request was accepted. */
const p99 = ({ accepted, acceptedP99 }: Summary) => (accepted > 0 ? acceptedP99 : Number.POSITIVE_INFINITY);

function report(measurements: readonly Measurement[], latencyMs: number): Report {
  const [alone, ...attacked] = measurements as [Measurement, ...Measurement[]];
  const goals: Goal[] = attacked.flatMap(({ name, polite, health }) => [
    atMost(`${name}: rejected requests of the polite caller`, failed(polite), 0),
    atMost(`${name}: p99 of the polite caller`, p99(polite), 3 * alone.polite.acceptedP99, ' ms'),
    atMost(`${name}: /health p99`, p99(health), 100, ' ms'),
  ]);
  return {
    part: 'attackers',
    about: `A polite caller with its own key and credential sends ${POLITE_RATE} requests per second for 50 messages each, beside one attacker at a time; upstream latency ${latencyMs} ms. Its p99 alone is ${round(alone.polite.acceptedP99)} ms. Times are in milliseconds from when a request was due.`,
    goals,
    tables: [{ title: 'Attackers', rows: table(measurements) }],
    figures: measurements,
  };
}

function table(measurements: readonly Measurement[]): string[][] {
  const head = [
    '',
    'sent',
    'rejected',
    'p50',
    'p99',
    '/health p50',
    '/health p99',
    'responses to the attacker, per second',
  ];
  return [
    head,
    ...measurements.map(({ name, polite, health, attack }) => [
      name,
      String(polite.accepted + failed(polite)),
      String(failed(polite)),
      ...[polite.acceptedP50, polite.acceptedP99, health.acceptedP50, health.acceptedP99].map(round),
      attack ? tallyText(attack, (polite.accepted + failed(polite)) / POLITE_RATE) : '',
    ]),
  ];
}

function tallyText(tally: Tally, seconds: number): string {
  return Object.entries(tally)
    .map(([status, count]) => `${status === '0' ? 'closed' : status}: ${round(count / seconds)}`)
    .join(', ');
}
