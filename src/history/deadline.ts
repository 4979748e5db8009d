import { gatewayError } from '../errors/gateway-error.ts';

/** The time at which a read has to end. */
export class Deadline {
  #at = Number.POSITIVE_INFINITY;
  #limitMs = 0;

  /** @param limitMs from now */
  set(limitMs: number): void {
    this.#limitMs = limitMs;
    this.#at = performance.now() + limitMs;
  }

  /** @throws {HISTORY_TIMEOUT} after it */
  check(): void {
    if (performance.now() > this.#at) throw gatewayError('HISTORY_TIMEOUT', this.#limitMs);
  }
}
