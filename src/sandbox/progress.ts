import { FRESH_GAP } from './timeline.ts';
import type { Outcome, Traits } from './traits.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** Number of newest messages that stay in their states for a while; older ones progress at the usual pace. */
const HELD = 8;

/** A message's status at some age. */
export interface Progress {
  status: string;
  /** Age in seconds at which it reached that status. */
  since: number;
}

/** Ages, in seconds after creation, at which a message's status changes. */
export interface Milestones {
  /** End of `accepted`; 0 without a Messaging Service. */
  queued: number;
  sending: number;
  /** From this age on, the message has a date_sent and a sender. */
  sent: number;
  receipt: number;
  read: number;
  /** A scheduled message is canceled. */
  canceled: number;
}

/** Computes a message's milestones. The newest messages stay in a state each, so that every state can be seen. */
export function milestonesOf(service: boolean, fresh: number, draw: number): Milestones {
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

/** Returns the age from which a message has a date_sent; Infinity for one that is never sent. */
export function sentAge(traits: Traits, steps: Milestones, draw: number): number {
  if (traits.outcome === 'rejected' || traits.outcome === 'canceled') return Number.POSITIVE_INFINITY;
  // Half of the failures happen before the attempt to send.
  if (traits.outcome === 'failed' && draw % 2 === 0) return Number.POSITIVE_INFINITY;
  return steps.sent;
}

export function progressAt(outcome: Outcome, steps: Milestones, age: number): Progress {
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
