import { join } from 'node:path';
import { parseArgs } from 'node:util';

export const PARTS = ['overload', 'attackers', 'many-keys', 'soak'] as const;
export type Part = (typeof PARTS)[number];

export interface Options {
  readonly help: boolean;
  readonly quick: boolean;
  readonly parts: readonly Part[];
  /** Of mixed load with faults, the warm-up included. */
  readonly minutes: number;
  /** The upstream's, in the overload. */
  readonly latencyMs: number;
  /** What is carried, where that is known: the overload does not climb to it then. */
  readonly rate: number | undefined;
  /** The gateway on one core, all else on another; where others measure too, the scheduler knows better. */
  readonly pin: boolean;
  /** Only the attackers whose name holds this text. */
  readonly attacker: string;
  readonly out: string;
  /** Settings for the gateway besides, as NAME=VALUE. */
  readonly env: Readonly<Record<string, string>>;
}

export const HELP = `npm run soak -- [options]

  --minutes 10        of mixed load with faults
  --quick             a short look at each part, about five minutes
  --part overload     one part alone: ${PARTS.join(', ')}
  --latency 20        the upstream's in the overload, in milliseconds
  --rate 300          what is carried per second, where that is known; else it climbs to it
  --attacker TEXT     only the attackers whose name holds this text
  --pin               the gateway on core 0, all else on core 1
  --env NAME=VALUE    a setting for the gateway; may be repeated
  --out DIRECTORY     where the tables and figures go
`;

/** @throws on an option it does not know */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      pin: { type: 'boolean', default: false },
      part: { type: 'string' },
      attacker: { type: 'string', default: '' },
      minutes: { type: 'string' },
      latency: { type: 'string', default: '20' },
      rate: { type: 'string' },
      env: { type: 'string', multiple: true, default: [] },
      out: { type: 'string', default: join(import.meta.dirname, 'results') },
    },
  });
  const minutes = Number(values.minutes ?? (values.quick ? 1 : 10));
  const latencyMs = Number(values.latency);
  const parts = PARTS.filter((part) => values.part === undefined || part === values.part);
  if (parts.length === 0) throw new Error(`--part is one of ${PARTS.join(', ')}.`);
  if (!(minutes > 0 && minutes <= 24 * 60)) throw new Error('--minutes is a number above 0.');
  if (!(latencyMs >= 0)) throw new Error('--latency is a number of milliseconds.');
  const rate = values.rate === undefined ? undefined : Number(values.rate);
  if (rate !== undefined && !(rate > 0)) throw new Error('--rate is a number above 0.');
  const env = Object.fromEntries(values.env.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
  const { help, quick, pin, out, attacker } = values;
  return { help, quick, pin, out, attacker, parts, minutes, latencyMs, rate, env };
}
