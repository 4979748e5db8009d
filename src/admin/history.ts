import { gatewayError } from '../errors/gateway-error.ts';
import type { HistoryStatus, HistoryStore } from '../history/history-store.ts';
import { NO_HISTORY } from '../history/policies.ts';
import { planBase } from '../history/sync/plan.ts';
import type { Credential } from '../store/records.ts';
import type { GatewayStore } from '../store/store.ts';
import { explainStoreError } from '../store/store-errors.ts';
import { type Actor, type Audit, asAdmin } from './actor.ts';

/** How far the copy of an account is. */
export type HistoryState = 'OFF' | 'BACKFILLING' | 'CURRENT' | 'PAUSED' | 'FAILING';

export interface CopyStatus extends HistoryStatus {
  readonly state: HistoryState;
}

export interface PolicyInput {
  readonly enabled: boolean;
  readonly paused: boolean;
  readonly keepsBodies: boolean;
  /** Null for no limit. */
  readonly days: number | null;
}

/** Admin operations on the copies of message histories. A copy belongs to the account that a credential opens. */
export interface HistoryAdmin {
  /** For all callers that may use the credential. */
  status(credential: Pick<Credential, 'accountSid'>): Promise<CopyStatus>;
  /** Replaces the policy. Texts and messages that the new one does not keep are erased before this returns. */
  setPolicy(actor: Actor, credentialId: string, policy: PolicyInput): Promise<Credential>;
  /** Disables the history, and erases the copy. */
  erase(actor: Actor, credentialId: string): Promise<Credential>;
  /** Erases the copy and reads it from Twilio again, under the same policy. */
  rebuild(actor: Actor, credentialId: string): Promise<Credential>;
  /** Whether the copy would be erased with the credential: no other one opens its account. */
  isErasedWith(credential: Credential): Promise<boolean>;
  /** Erases the copy and the policy of an account. Returns the number of messages. */
  removeAccount(accountSid: string): Promise<number>;
}

/** Ten years. */
const MAX_DAYS = 3_660;

/** @param history undefined for a gateway that was created without one */
export function createHistoryAdmin(
  store: GatewayStore,
  history: HistoryStore | undefined,
  audit: Audit,
): HistoryAdmin {
  const find = async (id: string): Promise<Credential> => {
    const credential = await store.get(id);
    if (!credential) throw gatewayError('NOT_FOUND', 'credential');
    return credential;
  };
  const requireHistory = (): HistoryStore => {
    if (!history) throw gatewayError('HISTORY_STORE_MISSING');
    return history;
  };

  async function disable(accountSid: string): Promise<PolicyInput> {
    const before = (await requireHistory().policy(accountSid)) ?? OFF;
    // Pages that are being read are not saved any more.
    await requireHistory().setPolicy({ ...before, accountSid, enabled: false });
    return before;
  }

  /** Plans the first slices of an account that was erased: a gateway that syncs it may not have noticed that it was disabled. */
  async function begin(accountSid: string): Promise<void> {
    await requireHistory().planSlices(planBase(accountSid));
  }

  async function readAgain(accountSid: string): Promise<void> {
    const keys = (await requireHistory().slices(accountSid)).map(({ key }) => key);
    await requireHistory().reschedule(accountSid, keys, { dueAt: new Date(0) });
  }

  return {
    async status({ accountSid }) {
      if (!history) return { ...NO_HISTORY, state: 'OFF' };
      try {
        const status = await history.status(accountSid);
        return { ...status, state: stateOf(status) };
      } catch (error) {
        throw explainStoreError(error);
      }
    },

    setPolicy: (actor, credentialId, policy) =>
      asAdmin(actor, async () => {
        const credential = await find(credentialId);
        const { accountSid, nickname } = credential;
        checkDays(policy.days);
        const before = await requireHistory().policy(accountSid);
        await requireHistory().setPolicy({ ...policy, accountSid });
        if (policy.enabled && before?.enabled === false) await begin(accountSid);
        if (before && keepsMore(before, policy)) await readAgain(accountSid);
        await audit(actor, 'history.policy', credentialId, { nickname, accountSid, ...policy });
        const erasesTexts = before?.keepsBodies === true && !policy.keepsBodies;
        const erasesMessages =
          policy.days !== null && policy.days < (before?.days ?? Number.POSITIVE_INFINITY);
        if (before && (erasesTexts || erasesMessages)) await requireHistory().compact();
        return credential;
      }),

    erase: (actor, credentialId) =>
      asAdmin(actor, async () => {
        const credential = await find(credentialId);
        const { accountSid, nickname } = credential;
        await disable(accountSid);
        const messages = await requireHistory().eraseAccount(accountSid);
        await audit(actor, 'history.erase', credentialId, { nickname, accountSid, messages });
        await requireHistory().compact();
        return credential;
      }),

    rebuild: (actor, credentialId) =>
      asAdmin(actor, async () => {
        const credential = await find(credentialId);
        const { accountSid, nickname } = credential;
        const before = await disable(accountSid);
        const messages = await requireHistory().eraseAccount(accountSid);
        await requireHistory().setPolicy({ ...before, accountSid, enabled: true });
        await begin(accountSid);
        await audit(actor, 'history.rebuild', credentialId, { nickname, accountSid, messages });
        return credential;
      }),

    async isErasedWith({ id, accountSid }) {
      if (!history) return false;
      const all = await store.list();
      return !all.some((one) => one.id !== id && one.accountSid === accountSid);
    },

    async removeAccount(accountSid) {
      if (!history || (await history.policy(accountSid)) === null) return 0;
      await disable(accountSid);
      const messages = await history.removeAccount(accountSid);
      await history.compact();
      return messages;
    },
  };
}

/** Whether the copy lacks what a policy keeps and the one before did not. */
function keepsMore(before: PolicyInput, after: PolicyInput): boolean {
  const daysOf = ({ days }: PolicyInput) => days ?? Number.POSITIVE_INFINITY;
  return (after.keepsBodies && !before.keepsBodies) || daysOf(after) > daysOf(before);
}

/** @throws {BAD_USER_INPUT} */
function checkDays(days: number | null): void {
  if (days === null || (Number.isInteger(days) && days >= 1 && days <= MAX_DAYS)) return;
  throw gatewayError(
    'BAD_USER_INPUT',
    `The days must be a whole number from 1 to ${MAX_DAYS}; leave them out to keep messages without a limit.`,
    'policy.days',
  );
}

function stateOf({ policy, slicesDone, slicesTotal, slicesFailing, asOf }: HistoryStatus): HistoryState {
  if (!policy?.enabled) return 'OFF';
  if (policy.paused) return 'PAUSED';
  if (slicesFailing > 0) return 'FAILING';
  return asOf === null || slicesDone < slicesTotal ? 'BACKFILLING' : 'CURRENT';
}

const OFF: PolicyInput = { enabled: false, paused: false, keepsBodies: true, days: null };
