import type { SandboxSwitches } from '../../src/sandbox/sandbox.ts';

export interface Phase {
  readonly name: string;
  readonly switches: Partial<SandboxSwitches>;
}

const API = '/2010-04-01/';
const TOKEN = '/v2/token';

/** Faults of Twilio, in order, each followed by a pause. */
export const FAULTS: readonly Phase[] = [
  { name: 'slow', switches: { latencyMs: 800 } },
  { name: '429 storm', switches: { fail429: 0.6 } },
  { name: 'half of all 500', switches: { fail500: 0.5 } },
  { name: 'away, 503', switches: { fail503: 1 } },
  { name: 'connections reset', switches: { resetConnection: 0.4 } },
  { name: 'bodies cut off', switches: { truncateBody: 0.4 } },
  { name: 'HTML', switches: { htmlInsteadOfJson: 0.4, htmlStatus: 200 } },
  { name: 'token endpoint away', switches: { fail503: 1, faultPath: TOKEN } },
  { name: 'tokens throttled', switches: { tokenThrottle: 0.7, tokenThrottleSeconds: 2, faultPath: TOKEN } },
  { name: 'five at a time', switches: { concurrencyLimit: 5, latencyMs: 50 } },
  { name: 'all at once', switches: { latencyMs: 200, fail429: 0.2, fail500: 0.2, resetConnection: 0.2 } },
];

const NO_FAULTS: Partial<SandboxSwitches> = {
  latencyMs: 5,
  fail429: 0,
  fail500: 0,
  fail503: 0,
  resetConnection: 0,
  truncateBody: 0,
  htmlInsteadOfJson: 0,
  tokenThrottle: 0,
  tokenThrottleSeconds: 2,
  concurrencyLimit: 100,
  faultPath: API,
};

export async function setSwitches(upstream: string, switches: Partial<SandboxSwitches>): Promise<void> {
  const response = await fetch(`${upstream}/_sandbox/switches`, {
    method: 'PUT',
    body: JSON.stringify({ ...NO_FAULTS, ...switches }),
  });
  if (!response.ok) throw new Error(await response.text());
}
