import { type CircuitSettings, DEFAULT_CIRCUIT } from '../twilio/transport/circuit-breaker.ts';
import type { StaleSettings } from '../twilio/transport/response-cache.ts';

/** What happens while Twilio stumbles. */
export interface FaultSettings {
  readonly circuit: CircuitSettings;
  /** What may be answered, marked as old, to callers who allow that. */
  readonly stale: StaleSettings;
}

/** Reads a whole number from a variable, within bounds. */
type Integer = (name: string, fallback: number, min: number, max: number) => number;

export function readFaultSettings(integer: Integer): FaultSettings {
  return {
    circuit: {
      failures: integer('CIRCUIT_FAILURES', DEFAULT_CIRCUIT.failures, 0, 10_000),
      openMs: integer('CIRCUIT_OPEN_MS', DEFAULT_CIRCUIT.openMs, 100, 600_000),
    },
    stale: {
      maxBytes: integer('STALE_MAX_MB', 16, 0, 4_096) * 1024 * 1024,
      maxMs: integer('STALE_MAX_MS', 300_000, 0, 86_400_000),
    },
  };
}
