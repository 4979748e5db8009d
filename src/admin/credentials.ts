import type { CredentialSessions } from '../auth/credential-sessions.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import { explainRejection } from '../loaders/explain-rejection.ts';
import { probePermissions } from '../loaders/permissions.ts';
import { type Credential, isFromSettings } from '../store/records.ts';
import type { GatewayStore } from '../store/store.ts';
import { accounts } from '../twilio/resources/accounts.ts';
import { type Actor, type Audit, asAdmin } from './actor.ts';
import {
  type CheckInput,
  type CredentialCheck,
  checkCredential,
  checkSecretFormat,
} from './check-credential.ts';
import type { HistoryAdmin } from './history.ts';

export interface AddInput extends CheckInput {
  nickname: string;
}

/** Admin operations on credentials; FORBIDDEN for other roles. */
export interface CredentialAdmin {
  /**
   * Checks a client id and secret; stores nothing.
   *
   * @param nickname the nickname the credential is to have, which is checked, too
   */
  check(actor: Actor, input: CheckInput, nickname?: string | null): Promise<CredentialCheck>;
  /** Checks, then stores. */
  add(actor: Actor, input: AddInput): Promise<Credential>;
  rename(actor: Actor, id: string, nickname: string): Promise<Credential>;
  /** Checks the new secret first; if Twilio refuses it, the old one stays. */
  rotate(actor: Actor, id: string, clientSecret: string): Promise<Credential>;
  /** Probes the permissions again and stores the results. */
  recheck(actor: Actor, id: string): Promise<Credential>;
  /** Also erases the copy of the message history, unless another credential opens the account. */
  remove(actor: Actor, id: string): Promise<string>;
}

export interface CredentialAdminOptions {
  store: GatewayStore;
  sessions: CredentialSessions;
  history: HistoryAdmin;
  audit: Audit;
  /** Timeout for all upstream calls of one check, in milliseconds. */
  timeoutMs: number;
}

export function createCredentialAdmin({
  store,
  sessions,
  history,
  audit,
  timeoutMs,
}: CredentialAdminOptions): CredentialAdmin {
  const find = async (id: string): Promise<Credential> => {
    const credential = await store.get(id);
    if (!credential) throw gatewayError('NOT_FOUND', 'credential');
    return credential;
  };
  return {
    check: (actor, input, name) =>
      asAdmin(actor, async () => {
        if (typeof name === 'string') {
          const nickname = checkNickname(name);
          const isSame = (other: Credential) => other.nickname.toLowerCase() === nickname.toLowerCase();
          if ((await store.list()).some(isSame)) throw gatewayError('NICKNAME_TAKEN', nickname);
        }
        return checkCredential(sessions, input, timeoutMs);
      }),

    add: (actor, input) =>
      asAdmin(actor, async () => {
        const nickname = checkNickname(input.nickname);
        const { accountSid, permissions } = await checkCredential(sessions, input, timeoutMs);
        const credential = await store.add({
          nickname,
          accountSid,
          clientId: input.clientId.trim(),
          clientSecret: input.clientSecret.trim(),
          permissions,
        });
        await audit(actor, 'credential.add', credential.id, {
          nickname,
          accountSid,
          clientId: credential.clientId,
        });
        return credential;
      }),

    rename: (actor, id, name) =>
      asAdmin(actor, async () => {
        const nickname = checkNickname(name);
        const { nickname: before } = await find(id);
        const credential = await store.rename(id, nickname);
        await audit(actor, 'credential.rename', id, { before, nickname });
        return credential;
      }),

    rotate: (actor, id, clientSecret) =>
      asAdmin(actor, async () => {
        checkSecretFormat(clientSecret);
        const { clientId, accountSid, nickname, kind } = await find(id);
        if (kind === 'client_credentials') {
          await checkCredential(sessions, { clientId, clientSecret, accountSid }, timeoutMs);
        }
        const credential = await store.rotateSecret(id, clientSecret.trim());
        await audit(actor, 'credential.rotate', id, { nickname, secretVersion: credential.secretVersion });
        return credential;
      }),

    recheck: (actor, id) =>
      asAdmin(actor, async () => {
        const credential = await find(id);
        const scope = { signal: AbortSignal.timeout(timeoutMs) };
        const { accountSid } = credential;
        const checks = await probePermissions(sessions.of(credential).client, accountSid, scope).catch(
          (error) => {
            throw explainRejection(error, { credential, accountSid, permission: accounts.read.permission });
          },
        );
        const checked = await store.savePermissions(id, checks);
        await audit(actor, 'credential.recheck', id, { nickname: credential.nickname });
        return checked;
      }),

    remove: (actor, id) =>
      asAdmin(actor, async () => {
        const credential = await find(id);
        const { nickname, accountSid } = credential;
        // First the copy: if it cannot be erased, nothing is removed. A credential of the settings cannot be removed.
        const isErased = !isFromSettings(credential) && (await history.isErasedWith(credential));
        const erasedMessages = isErased ? await history.removeAccount(accountSid) : 0;
        await store.remove(id);
        await audit(actor, 'credential.remove', id, { nickname, accountSid, erasedMessages });
        return id;
      }),
  };
}

/** @throws {BAD_USER_INPUT} */
export function checkNickname(nickname: string): string {
  const trimmed = nickname.trim();
  // A nickname must be a valid value of the X-Twilio-Credential header.
  if (/^[\x20-\x7e]{1,64}$/.test(trimmed)) return trimmed;
  throw gatewayError(
    'BAD_USER_INPUT',
    'A nickname must have 1 to 64 printable ASCII characters, because clients send it in an HTTP header.',
    'nickname',
  );
}
