import type { Role } from '../auth/caller.ts';
import type { MessageCriteria } from '../pagination/message-filter.ts';
import type { Credential } from '../store/records.ts';
import type { TwilioPage } from '../twilio/page.ts';
import type { Listable, Readable, Resource, SidParams } from '../twilio/resource.ts';
import { accounts } from '../twilio/resources/accounts.ts';
import { messages } from '../twilio/resources/messages.ts';
import type { Session } from '../twilio/session.ts';
import type { ReadScope } from '../twilio/types.ts';
import { type AccountList, createAccountList } from './account-list.ts';
import { type Attempt, explainRejection } from './explain-rejection.ts';
import { createPageLoader } from './list-reader.ts';
import { type MessageList, openMessageList } from './message-list.ts';
import { type PermissionCheck, probePermissions } from './permissions.ts';
import { createReader, OperationBudget, type OperationScope } from './read-summary.ts';
import {
  type CollectionLoader,
  createCollectionLoader,
  createResourceLoader,
  type ResourceLoader,
} from './resource-loader.ts';
import { createUsageReader, type UsageReader } from './usage-records.ts';

/** The reads of one GraphQL request under one credential. Errors are those the client may see. */
export interface CredentialLoaders {
  readonly credential: Credential;
  /** Reads one by its SIDs, e.g. `load(messages, { AccountSid, Sid })`; null where it does not exist (any more). */
  load<T>(resource: Readable<T>, params: SidParams): Promise<T | null>;
  /** Reads a whole collection, e.g. `loadAll(media, { AccountSid, MessageSid })`, in Twilio's order. */
  loadAll<T>(resource: Listable<T>, params: SidParams): Promise<readonly T[]>;
  /** Opens a list of messages; see {@link openMessageList}. */
  openMessages(accountSid: string, criteria: MessageCriteria): MessageList;
  readonly accounts: AccountList;
  readonly usage: UsageReader;
  /** The permissions as last checked; probes them if they never were. */
  permissions(): Promise<readonly PermissionCheck[]>;
}

export interface CredentialLoadersOptions {
  /** The caller's role, which decides the advice in errors. @default 'ADMIN' */
  readonly role?: Role | undefined;
  readonly scope: OperationScope;
  /** Maximum number of items that a filter in the gateway may scan for one connection. */
  readonly scanBudget: number;
  /** Maximum number of calls to Twilio of one operation under one credential. */
  readonly maxCalls: number;
  readonly now: () => number;
  /** Stores the results of a probe. Does not fail: the results are valid even if they cannot be stored. */
  readonly savePermissions: (credentialId: string, checks: readonly PermissionCheck[]) => Promise<void>;
}

/** Running and finished probes of credentials whose permissions are not stored. */
const probes = new WeakMap<Session, Promise<readonly PermissionCheck[]>>();

export function createCredentialLoaders(
  credential: Credential,
  session: Session,
  options: CredentialLoadersOptions,
): CredentialLoaders {
  const { scanBudget, now, maxCalls } = options;
  const { reads } = options.scope;
  const scope: ReadScope = { ...options.scope, budget: new OperationBudget(maxCalls, reads) };
  const reader = createReader(session.client, credential.accountSid, scope, reads);
  const attempt: Attempt = (accountSid = credential.accountSid) => ({
    credential,
    accountSid,
    role: options.role,
  });
  const loaders = new Map<Resource<unknown>, ResourceLoader<unknown>>();
  const collections = new Map<Resource<unknown>, CollectionLoader<unknown>>();
  const pages = new Map<Resource<unknown>, TwilioPage<unknown>[]>();

  const seen = <T>(resource: Resource<T>) => computed(pages, resource, () => []) as TwilioPage<T>[];
  const messagePages = createPageLoader(messages, reader, seen(messages));

  async function probe(): Promise<readonly PermissionCheck[]> {
    const checks = await probePermissions(session.client, credential.accountSid, scope);
    await options.savePermissions(credential.id, checks);
    return checks;
  }

  return {
    credential,
    load: <T>(resource: Readable<T>, params: SidParams) =>
      computed(loaders, resource, () => createResourceLoader(resource, reader, attempt, seen(resource))).load(
        params,
      ) as Promise<T | null>,
    loadAll: <T>(resource: Listable<T>, params: SidParams) =>
      computed(collections, resource, () => createCollectionLoader(resource, reader, attempt)).load(
        params,
      ) as Promise<readonly T[]>,
    openMessages: (accountSid, criteria) =>
      openMessageList(accountSid, criteria, {
        loadPage: messagePages,
        retention: session.retention,
        attempt,
        now,
      }),
    accounts: createAccountList(createPageLoader(accounts, reader, seen(accounts)), attempt, scanBudget),
    usage: createUsageReader(reader, attempt),
    async permissions() {
      if (credential.permissions.length > 0) return credential.permissions;
      const others = probes.get(session);
      if (others) {
        // A probe of another request fails if that request is aborted, which must not fail this one.
        const known = await others.catch(() => undefined);
        if (known) return known;
        if (probes.get(session) === others) probes.delete(session);
      }
      const running = probes.get(session) ?? probe();
      probes.set(session, running);
      try {
        return await running;
      } catch (error) {
        if (probes.get(session) === running) probes.delete(session);
        throw explainRejection(error, { ...attempt(), permission: accounts.read.permission });
      }
    },
  };
}

function computed<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
