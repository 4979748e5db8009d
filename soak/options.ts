import { join } from 'node:path';
import { parseArgs } from 'node:util';

export const PARTS = ['overload', 'attackers', 'many-keys', 'exports', 'console', 'soak'] as const;
export type Part = (typeof PARTS)[number];

export interface Options {
  readonly help: boolean;
  readonly quick: boolean;
  readonly parts: readonly Part[];
  /** Duration of the mixed load, including the warm-up, and of the console's endurance test. */
  readonly minutes: number;
  /** Latency of the upstream. */
  readonly latencyMs: number;
  /** The sustainable rate, if known; the overload part then skips its search. */
  readonly rate: number | undefined;
  /** Pins the gateway to one core and everything else to another. Not useful on a busy machine. */
  readonly pin: boolean;
  /** Limits the attackers to those whose name contains this text. */
  readonly attacker: string;
  readonly out: string;
  /** Further settings for the gateway, as NAME=VALUE. */
  readonly env: Readonly<Record<string, string>>;
}

export const HELP = `npm run soak -- [options]

   --minutes 10        duration of the mixed load with faults, and of the console in use
   --quick             short runs of each part, about twelve minutes
   --part overload     run one part only: ${PARTS.join(', ')}
   --latency 20        latency of the upstream, in milliseconds
   --rate 300          sustainable requests per second, if known; otherwise searched
   --attacker TEXT     only attackers whose name contains this text
   --pin               pin the gateway to core 0 and everything else to core 1
   --env NAME=VALUE    setting for the gateway; can be repeated
   --out DIRECTORY     directory for tables and figures
`;

/** @throws for an unknown option or an invalid value */
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
  if (parts.length === 0) throw new Error(`--part must be one of ${PARTS.join(', ')}.`);
  if (!(minutes > 0 && minutes <= 24 * 60)) throw new Error('--minutes must be above 0, and at most 1440.');
  if (!(latencyMs >= 0)) throw new Error('--latency must be a number of milliseconds.');
  const rate = values.rate === undefined ? undefined : Number(values.rate);
  if (rate !== undefined && !(rate > 0)) throw new Error('--rate must be above 0.');
  const env = Object.fromEntries(values.env.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
  const { help, quick, pin, out, attacker } = values;
  return { help, quick, pin, out, attacker, parts, minutes, latencyMs, rate, env };
}
