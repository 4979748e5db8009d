import { TwilioError, tooManyRequests } from './errors.ts';
import { mix } from './random.ts';
import type { Fault, SandboxSwitches } from './switches.ts';

type FaultName = {
  [K in keyof SandboxSwitches]: Fault extends SandboxSwitches[K] ? K : never;
}[keyof SandboxSwitches];

/** Whether a fault strikes now; uses up one of a `next`. */
export type FaultDice = (name: FaultName) => boolean;

/** Dice that always fall alike for the same seed and the same requests in the same order. */
export function createFaultDice(key: number, switches: SandboxSwitches): FaultDice {
  let throws = 0;
  return (name) => {
    const fault = switches[name];
    if (typeof fault === 'number') {
      if (fault === 0) return false;
      throws += 1;
      return mix(key, throws) / 2 ** 32 < fault;
    }
    if (fault.next <= 0) return false;
    switches[name] = fault.next > 1 ? { next: fault.next - 1 } : 0;
    return true;
  };
}

/** Throws what Twilio answers when it is not well. */
export function throwFault(strikes: FaultDice, path: string, hasToken: boolean): void {
  if (strikes('fail500')) throw new TwilioError(500, 20500, 'An internal server error has occurred');
  if (strikes('fail503')) throw new TwilioError(503, 20503, 'Service unavailable');
  if (strikes('fail429')) throw tooManyRequests();
  if (strikes('resourceMissing')) {
    throw new TwilioError(404, 20404, `The requested resource ${path} was not found`);
  }
  if (hasToken && strikes('pageTokenRefused')) throw new TwilioError(400, 21481, 'Invalid PageToken');
}
