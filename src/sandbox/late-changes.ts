import { mix } from './random.ts';
import type { SandboxSwitches } from './switches.ts';

/** Changes of a message long after its creation, each for a share of the messages. */
export interface LateChanges {
  /** Age in seconds before which a message that was sent has no final status; 0 for most messages. */
  finalFrom(index: number): number;
  /** Age in seconds at which the text is removed; Infinity for most messages. */
  redactedFrom(index: number): number;
  /** Age in seconds at which the message is deleted; Infinity for most messages. */
  deletedFrom(index: number): number;
  /** Age in seconds from which lists have the message; 0 for most messages. */
  listedFrom(index: number): number;
  /** Whether the message is rejected before it is sent. */
  isUndated(index: number): boolean;
}

/** Draws the changes from the index, so that the same messages change whenever the switches are on. */
export function createLateChanges(key: number, switches: SandboxSwitches): LateChanges {
  const salted = Array.from({ length: 5 }, (_, salt) => mix(key, 2000 + salt));
  const has = (salt: number, share: number, index: number) =>
    share > 0 && mix(salted[salt] ?? key, index) < share * 2 ** 32;
  return {
    finalFrom: (index) => (has(0, switches.lateStatus, index) ? switches.lateStatusSeconds : 0),
    redactedFrom: (index) =>
      has(1, switches.redacted, index) ? switches.redactedAfterSeconds : Number.POSITIVE_INFINITY,
    deletedFrom: (index) =>
      has(2, switches.deleted, index) ? switches.deletedAfterSeconds : Number.POSITIVE_INFINITY,
    listedFrom: (index) => (has(3, switches.lateArrival, index) ? switches.lateArrivalSeconds : 0),
    isUndated: (index) => has(4, switches.undated, index),
  };
}
