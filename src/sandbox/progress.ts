import { FRESH_GAP } from './timeline.ts';
import type { Outcome, Traits } from './traits.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** The newest so many rows wait in their states; older ones go on at the usual pace. */
const HELD = 8;

/** Where a message stands at some age. */
export interface Progress {
  status: string;
  /** Age at which that status was taken on. */
  since: number;
}

/** Ages, in seconds after creation, at which a message moves on. */
export interface Steps {
  /** Accepted by the Messaging Service until then; 0 without one. */
  queued: number;
  sending: number;
  /** From here on the row has a date_sent and a sender. */
  sent: number;
  receipt: number;
  read: number;
  /** A scheduled message is canceled. */
  canceled: number;
}

/** Each message under way at the epoch is held in its own state a while, so that it can be seen. */
export function stepsOf(service: boolean, fresh: number, draw: number): Steps {
  const canceled = (2 + (draw % 5)) * DAY;
  if (fresh >= 0 && fresh < HELD) {
    const hold = (fresh + 1) * FRESH_GAP;
    const queued = service ? hold : 0;
    const sending = fresh < 2 ? queued + 40 : 4;
    const sent = fresh < 4 ? Math.max(sending, hold) + 25 : sending + 2;
    const receipt = sent + (fresh < 6 ? hold + 30 : 20);
    return { queued, sending, sent, receipt, read: receipt + hold + 60, canceled };
  }
  const queued = service ? 1 : 0;
  const sending = queued + 1 + (draw % 2);
  const sent = sending + 1 + ((draw >>> 4) % 2);
  const receipt = sent + 2 + ((draw >>> 8) % 40);
  return { queued, sending, sent, receipt, read: receipt + 30 + ((draw >>> 12) % HOUR), canceled };
}

/** Age from which the row has a date_sent, or Infinity: a message that never left has none. */
export function sentAge(traits: Traits, steps: Steps, draw: number): number {
  if (traits.outcome === 'rejected' || traits.outcome === 'canceled') return Number.POSITIVE_INFINITY;
  // Half of the failures happen before the attempt to send.
  if (traits.outcome === 'failed' && draw % 2 === 0) return Number.POSITIVE_INFINITY;
  return steps.sent;
}

export function progressAt(outcome: Outcome, steps: Steps, age: number): Progress {
  if (outcome === 'rejected') return { status: 'failed', since: 0 };
  if (outcome === 'canceled') {
    return age < steps.canceled
      ? { status: 'scheduled', since: 0 }
      : { status: 'canceled', since: steps.canceled };
  }
  if (outcome === 'received') {
    return age < steps.sent ? { status: 'receiving', since: 0 } : { status: 'received', since: steps.sent };
  }
  if (age < steps.queued) return { status: 'accepted', since: 0 };
  if (age < steps.sending) return { status: 'queued', since: steps.queued };
  if (age < steps.sent) return { status: 'sending', since: steps.sending };
  if (outcome === 'failed') return { status: 'failed', since: steps.sent };
  if (outcome === 'sent' || age < steps.receipt) return { status: 'sent', since: steps.sent };
  if (outcome !== 'read') return { status: outcome, since: steps.receipt };
  return age < steps.read
    ? { status: 'delivered', since: steps.receipt }
    : { status: 'read', since: steps.read };
}
