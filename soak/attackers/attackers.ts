import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, type Cores, startNode, stopNode } from '../../bench/harness/machine.ts';
import { startUpstream } from '../../bench/harness/upstream-process.ts';
import { createToken } from '../../src/auth/api-token.ts';
import { atMost, type Goal, type Report, round } from '../goals.ts';
import { lists } from '../load/lists.ts';
import { type Asked, type Outcome, openLoop } from '../load/open-loop.ts';
import { type Summary, summarise } from '../load/statistics.ts';
import type { Options } from '../options.ts';
import { ROOT, startGateway } from '../processes.ts';
import { fillStore } from '../store.ts';
import type { Attack, Tally } from './attack.ts';

const POLITE_RATE = 2;
const HEALTH_RATE = 5;
/** How the account of each request to a Twilio that hangs begins. */
const HANGING = 'dead';
const CALLERS = {
  polite: `ACbe4c0000${'1'.repeat(24)}`,
  attacker: `ACbe4c0000${'2'.repeat(24)}`,
  hanging: `ACbe4c0000${HANGING}${'3'.repeat(20)}`,
};
const WARM_UP = { rate: 60, seconds: 5 };
const REST_MS = 500;

type Keys = Readonly<Record<keyof typeof CALLERS, string>>;
/** All of an attack but when and where. */
type Manner = Attack extends infer One ? (One extends Attack ? Omit<One, 'port' | 'seconds'> : never) : never;

interface Attacker {
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly attack: (keys: Keys) => Manner | null;
}

const loop = (connections: number, apiKey: string, account = ''): Manner => ({
  kind: 'closed loop',
  connections,
  apiKey,
  account,
});

/** The first is nobody: what the polite caller gets alone. */
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

interface Found {
  readonly name: string;
  readonly polite: Summary;
  readonly health: Summary;
  readonly attack: Tally | null;
}

/** A polite caller with a key and a credential of its own, alone and then beside one attacker after the other. */
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
    const found: Found[] = [];
    for (const attacker of ATTACKERS.filter(({ name }, i) => i === 0 || name.includes(options.attacker))) {
      const env = { ...store.env, ...options.env, ...attacker.env };
      const gateway = await startGateway(cores?.server, upstream.url, null, env);
      try {
        const next = await lists(gateway.port, keys.polite);
        // The rate of the polite caller itself is limited too.
        const { rate, seconds: warmUp } = attacker.env ? { rate: 20, seconds: 5 } : WARM_UP;
        await openLoop({ port: gateway.port, rate, seconds: warmUp }, next);
        const manner = attacker.attack(keys);
        const attack = manner && run(generator, { ...manner, port: gateway.port, seconds: seconds + 1 });
        await sleep(REST_MS);
        const [polite, health] = await Promise.all([
          openLoop({ port: gateway.port, rate: POLITE_RATE, seconds }, next),
          openLoop({ port: gateway.port, rate: HEALTH_RATE, seconds }, nextProbe),
        ]);
        found.push({ name: attacker.name, ...summed(polite, health, seconds), attack: await attack });
      } finally {
        await gateway.stop();
      }
    }
    return report(found, options.latencyMs);
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

const nextProbe = (): Asked => ({
  text: PROBE,
  judge: ({ status }) => (status === 200 ? 'accepted' : 'wrong'),
});

function summed(polite: readonly Outcome[], health: readonly Outcome[], seconds: number) {
  return { polite: summarise(polite, seconds), health: summarise(health, seconds) };
}

/** Whatever is not the right response. */
const rejected = ({ refused, wrong, broken }: Summary) => refused + wrong + broken;

/** No time is good where no request was. */
const p99 = ({ accepted, acceptedP99 }: Summary) => (accepted > 0 ? acceptedP99 : Number.POSITIVE_INFINITY);

function report(found: readonly Found[], latencyMs: number): Report {
  const [alone, ...attacked] = found as [Found, ...Found[]];
  const goals: Goal[] = attacked.flatMap(({ name, polite, health }) => [
    atMost(`${name}: rejected of the polite caller`, rejected(polite), 0),
    atMost(`${name}: its p99`, p99(polite), 3 * alone.polite.acceptedP99, ' ms'),
    atMost(`${name}: /health p99`, p99(health), 100, ' ms'),
  ]);
  return {
    part: 'attackers',
    about: `A caller of ${POLITE_RATE} requests per second, each for 50 messages, with a key and a credential of its own, beside one attacker at a time; upstream ${latencyMs} ms. Its p99 alone is ${round(alone.polite.acceptedP99)} ms. Times are in milliseconds and count from when a request was due.`,
    goals,
    tables: [{ title: 'Attackers', rows: table(found) }],
    figures: found,
  };
}

function table(found: readonly Found[]): string[][] {
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
    ...found.map(({ name, polite, health, attack }) => [
      name,
      String(polite.accepted + rejected(polite)),
      String(rejected(polite)),
      ...[polite.acceptedP50, polite.acceptedP99, health.acceptedP50, health.acceptedP99].map(round),
      attack ? tallyText(attack, (polite.accepted + rejected(polite)) / POLITE_RATE) : '',
    ]),
  ];
}

function tallyText(tally: Tally, seconds: number): string {
  return Object.entries(tally)
    .map(([status, count]) => `${status === '0' ? 'closed' : status}: ${round(count / seconds)}`)
    .join(', ');
}
