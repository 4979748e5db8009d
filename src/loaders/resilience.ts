import type { UpstreamFetch } from '../auth/oauth.ts';
import type { Logger } from '../log.ts';
import { type Circuit, type CircuitSettings, createCircuit } from '../twilio/circuit.ts';
import { guardFetch, guardHttp } from '../twilio/guard.ts';
import type { TwilioHttp } from '../twilio/http.ts';
import { createStaleCache, createStaleReads, type StaleSettings } from '../twilio/stale.ts';

export interface ResilienceOptions {
  /** @default a circuit as in the settings' defaults; nothing kept */
  faults?: { readonly circuit: CircuitSettings; readonly stale: StaleSettings } | undefined;
  fetch: UpstreamFetch;
  /** For one attempt, in milliseconds. */
  upstreamTimeoutMs: number;
  /** For a whole request, in milliseconds. */
  requestTimeoutMs: number;
  log: Logger;
}

/** The layers that every read of one credential goes through, from Twilio outward. */
export interface ReadLayers {
  direct(fetch: UpstreamFetch): TwilioHttp;
  shared(direct: TwilioHttp): TwilioHttp;
}

/** Stands between reads and a Twilio that stumbles: a circuit per account, and old answers for who allows them. */
export interface Resilience {
  /** Puts the layers together. `owner` tells the credential and its secret from all others. */
  wrap(credential: { owner: string; accountSid: string }, layers: ReadLayers): TwilioHttp;
  /** Whether reads of this account fail at once. */
  isOpen(accountSid: string): boolean;
  /** Lets go of everything that was kept. */
  close(): void;
}

const DEFAULT_CIRCUIT: CircuitSettings = { failures: 5, openMs: 5_000 };
const NOTHING_KEPT: StaleSettings = { maxMs: 0, maxBytes: 0 };

export function createResilience(options: ResilienceOptions): Resilience {
  const { faults, upstreamTimeoutMs, requestTimeoutMs, log } = options;
  const settings = faults?.stale ?? NOTHING_KEPT;
  const kept = createStaleCache(settings);
  const silenceMs = Math.min(upstreamTimeoutMs, requestTimeoutMs) / 2;
  const circuits = new Map<string, Circuit>();

  function circuitOf(accountSid: string): Circuit {
    const known = circuits.get(accountSid);
    if (known) return known;
    const circuit = createCircuit(faults?.circuit ?? DEFAULT_CIRCUIT, (isOpen) => {
      if (isOpen) log.warn({ accountSid }, 'Twilio does not answer; reads of this account fail at once');
      else log.info({ accountSid }, 'Twilio answers again');
    });
    circuits.set(accountSid, circuit);
    return circuit;
  }

  return {
    wrap({ owner, accountSid }, layers) {
      const circuit = circuitOf(accountSid);
      const http = guardHttp(layers.direct(guardFetch(options.fetch, circuit, silenceMs)), circuit);
      if (!kept.cache) return layers.shared(http);
      const { maxMs } = settings;
      const stale = createStaleReads({ owner, ownAccountSid: accountSid, cache: kept.cache, maxMs });
      return stale.fallingBack(layers.shared(stale.timed(http)));
    },
    isOpen: (accountSid) => circuits.get(accountSid)?.isOpen ?? false,
    close: kept.close,
  };
}
