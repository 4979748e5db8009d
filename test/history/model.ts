import { isEarlier, outcome } from '../../src/delivery/outcome.ts';
import { participantOf, personOf } from '../../src/delivery/participant.ts';
import type {
  CompleteRange,
  MessageKey,
  Observation,
  StatsQuery,
  StatusEvent,
} from '../../src/history/history-store.ts';
import { compileFilter, type MessageCriteria } from '../../src/pagination/message-filter.ts';
import { StatsCounter } from '../../src/stats/message-stats.ts';
import { createTimeBuckets } from '../../src/stats/time-buckets.ts';
import type { WireMessage } from '../../src/twilio/resources/messages.ts';

const seconds = (date: string | null) => (date === null ? null : Math.floor(Date.parse(date) / 1000));
const timeOf = (message: WireMessage) => seconds(message.date_sent) ?? seconds(message.date_created) ?? 0;
const digits = ({ sid }: WireMessage) => sid.slice(2).toLowerCase();

/** What a store must hold and find: an array, and the simplest code. */
export class Model {
  readonly #keepsBodies = new Map<string, boolean>();
  #messages: WireMessage[] = [];
  /** The statuses that were seen of each message, by account and digits of the SID. */
  readonly #events = new Map<string, StatusEvent[]>();

  get messages(): readonly WireMessage[] {
    return this.#messages;
  }

  save(accountSid: string, messages: readonly WireMessage[], observedBy: Observation = 'SYNC'): void {
    const page = new Map<string, WireMessage>();
    for (const message of messages) {
      const known = page.get(digits(message));
      if (!known || (seconds(known.date_updated) ?? 0) <= (seconds(message.date_updated) ?? 0)) {
        page.set(digits(message), message);
      }
    }
    for (const message of page.values()) {
      const at = this.#messages.findIndex(
        (one) => digits(one) === digits(message) && one.account_sid === accountSid,
      );
      const known = this.#messages[at];
      const [before, now] = [known, message].map((one) => seconds(one?.date_updated ?? null) ?? 0);
      if (known && Number(before) > Number(now)) continue;
      if (known && before === now && isEarlier(message.status, known.status)) continue;
      const events = this.#events.get(`${accountSid} ${digits(message)}`) ?? [];
      this.#events.set(`${accountSid} ${digits(message)}`, events);
      if (!known) events.length = 0;
      if (!known || known.status !== message.status || known.error_code !== message.error_code) {
        const { status, error_code: errorCode } = message;
        events.push({ status, errorCode, at: new Date(Number(now) * 1000), observedBy });
      }
      if (at >= 0) this.#messages.splice(at, 1);
      const body = this.#keepsBodies.get(accountSid) === false ? null : message.body;
      this.#messages.push({ ...message, account_sid: accountSid, body });
    }
  }

  /** The statuses that were seen of a message, oldest first. */
  timeline(message: WireMessage): readonly StatusEvent[] {
    return this.#events.get(`${message.account_sid} ${digits(message)}`) ?? [];
  }

  complete(accountSid: string, { of, since, until, sids }: CompleteRange): void {
    this.#messages = this.#messages.filter((message) => {
      if (message.account_sid !== accountSid || sids.includes(message.sid)) return true;
      if ((of === 'sent') !== (message.date_sent !== null)) return true;
      const time = timeOf(message) * 1000;
      return (since !== null && time < since.getTime()) || (until !== null && time > until.getTime());
    });
  }

  erase(accountSid: string, sids: readonly string[]): void {
    this.#messages = this.#messages.filter(
      (message) => message.account_sid !== accountSid || !sids.includes(message.sid),
    );
  }

  keepBodies(accountSid: string, keeps: boolean): void {
    this.#keepsBodies.set(accountSid, keeps);
    if (keeps) return;
    this.#messages = this.#messages.map((message) =>
      message.account_sid === accountSid ? { ...message, body: null } : message,
    );
  }

  /** The messages of a query, newest first. */
  find(accountSids: readonly string[], criteria: MessageCriteria): WireMessage[] {
    const { accept } = compileFilter(criteria, { days: 1e6 }, Date.now());
    const { to, from, participant } = criteria;
    return this.#messages
      .filter((message) => accountSids.includes(message.account_sid) && accept(message))
      .filter((message) => (!to || message.to === to) && (!from || message.from === from))
      .filter((message) => {
        const party = participantOf(message);
        return !participant || (party !== null && (party === participant || personOf(party) === participant));
      })
      .sort((a, b) => timeOf(b) - timeOf(a) || (digits(a) < digits(b) ? 1 : -1));
  }

  keyOf(message: WireMessage): MessageKey {
    return { time: timeOf(message) * 1000, sid: digits(message) };
  }

  async stats({ accountSids, criteria, dimensions, interval, timeZone }: StatsQuery) {
    const bucketOf = interval ? await createTimeBuckets(interval, timeZone ?? 'UTC') : undefined;
    const counter = new StatsCounter(dimensions, bucketOf);
    for (const message of this.find(accountSids, criteria)) {
      const created = seconds(message.date_created);
      const time = criteria.dateCreated ? created : (seconds(message.date_sent) ?? created);
      counter.add(message, time === null ? null : time * 1000);
    }
    return counter.result();
  }

  threads(accountSids: readonly string[], criteria: MessageCriteria) {
    const persons = new Map<string, WireMessage>();
    for (const message of this.find(accountSids, criteria)) {
      const party = participantOf(message);
      if (party !== null && !persons.has(personOf(party))) persons.set(personOf(party), message);
    }
    return [...persons].map(([participant, head]) => ({
      key: this.keyOf(head),
      summary: this.summary(accountSids, participant),
    }));
  }

  summary(accountSids: readonly string[], participant: string) {
    const all = this.find(accountSids, { participant });
    const inbound = all.filter(({ direction }) => direction === 'inbound').length;
    return {
      participant,
      lastMessage: all[0],
      inbound,
      outbound: all.length - inbound,
      failed: all.filter(({ status }) => outcome(status) === 'FAILED').length,
      accountSids: [...new Set(all.map(({ account_sid }) => account_sid))].sort(),
      firstSeen: new Date(Math.min(...all.map(timeOf)) * 1000),
    };
  }
}
