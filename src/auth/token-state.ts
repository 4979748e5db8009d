import type { ComponentState, TokenOutcome } from '../telemetry/telemetry.ts';
import { isThrottled, TwilioError, TwilioResponseError } from '../twilio/errors.ts';

/** Remembers the outcome of each credential's last token request. */
export interface TokenStates {
  note(credentialId: string, outcome: TokenOutcome): void;
  /** Forgets a removed credential. */
  drop(credentialId: string): void;
  /** `up` if any credential has a token, else the state of the last failure. */
  state(): ComponentState;
}

export function createTokenStates(now: () => number = Date.now): TokenStates {
  const last = new Map<string, { outcome: TokenOutcome; at: number }>();
  return {
    note(credentialId, outcome) {
      last.set(credentialId, { outcome, at: now() });
    },
    drop: (credentialId) => void last.delete(credentialId),
    state() {
      const all = [...last.values()].sort((a, b) => b.at - a.at);
      const shown = all.find(({ outcome }) => outcome === 'granted') ?? all[0];
      if (!shown) return { state: 'unknown' };
      const { outcome, at } = shown;
      if (outcome === 'granted') return { state: 'up', at };
      return { state: outcome === 'refused' ? 'refused' : 'down', at };
    },
  };
}

/** Classifies a failed token request; undefined if none was sent, because the secret could not be read. */
export function tokenOutcome(error: unknown): TokenOutcome | undefined {
  if (error instanceof TwilioResponseError) return 'unreachable';
  if (!(error instanceof TwilioError)) return undefined;
  if (isThrottled(error)) return 'throttled';
  const { status } = error;
  return status >= 400 && status < 500 ? 'refused' : 'unreachable';
}
