import type { Admin } from '../admin/admin.ts';
import type { Principal } from '../auth/caller.ts';
import type { CredentialSessions } from '../auth/credential-sessions.ts';
import type { GatewayContext } from '../context.ts';
import type { HistoryStore } from '../history/history-store.ts';
import { createMessageSource } from '../loaders/choose-source.ts';
import { CopiedAccounts } from '../loaders/copied-accounts.ts';
import { createCopies } from '../loaders/copies.ts';
import type { PermissionCheck } from '../loaders/permissions.ts';
import type { OperationScope } from '../loaders/read-summary.ts';
import { createRequestLoaders } from '../loaders/request-loaders.ts';
import { Timelines } from '../loaders/timelines.ts';
import { createTwilioSource } from '../loaders/twilio-source.ts';
import type { Logger } from '../log.ts';
import type { DataMask } from '../policy/data-mask.ts';
import type { FieldPolicy } from '../policy/field-policy.ts';
import { MEDIA_LINK_MS, mediaPath } from '../policy/media-link.ts';
import type { SealedText } from '../policy/sealed-text.ts';
import type { GatewayStore } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { WireMedia } from '../twilio/resources/media.ts';

/** The parts of the gateway that resolvers use. */
export interface ContextParts {
  readonly store: GatewayStore;
  readonly sessions: CredentialSessions;
  readonly admin: Admin;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly now: () => number;
  /** Seals the ids of threads. */
  readonly sealed: SealedText;
  readonly sealedLinks: SealedText;
  readonly maskOf: (policy: FieldPolicy) => DataMask;
  readonly scanBudget: number;
  /** Twilio's retention period. */
  readonly retentionDays: number;
  /** Whether the upstream server is the embedded sandbox. */
  readonly isSandbox: boolean;
  /** The copy of the message history. @default none */
  readonly history?: HistoryStore | undefined;
  /** The clock that gateways with the same copy share. @default now */
  readonly historyNow?: (() => number) | undefined;
  /** Calls to Twilio for one operation and credential. */
  readonly maxCalls: number;
}

/** The parts of a GraphQL request that its context depends on. */
export interface OperationRequest {
  readonly principal: Principal;
  /** The credential that the request names; null for the caller's default. */
  readonly nickname: string | null;
  readonly scope: OperationScope;
  /** Where the client reaches the gateway, e.g. `https://gateway.example.com`. */
  readonly origin: string;
  /** Set to the nickname, if there is such a credential. */
  credential?: string | undefined;
}

/** Creates a function that creates the context of one operation, which every resolver gets. */
export function createOperationContext(parts: ContextParts) {
  const { store, sessions, admin, log, telemetry, now, sealed, sealedLinks, maskOf, scanBudget, maxCalls } =
    parts;
  const { history, historyNow = now } = parts;
  const copies = history && { history, inspect: createCopies(history, historyNow) };
  const source = createMessageSource({
    twilio: createTwilioSource({ scanBudget, telemetry, now }),
    history,
    retentionDays: parts.retentionDays,
    now: historyNow,
  });

  const savePermissions = async (id: string, checks: readonly PermissionCheck[]): Promise<void> => {
    await store.savePermissions(id, checks).catch((error) => {
      log.warn({ err: error }, 'the permissions of a credential could not be stored');
    });
  };

  return async (request: OperationRequest): Promise<GatewayContext> => {
    const { principal, nickname, scope } = request;
    const { name, role, origin, fieldPolicy, mayUse } = principal;
    const all = await store.list();
    const credentials = all.filter(mayUse);
    request.credential = all.find((one) => one.nickname === nickname)?.nickname;
    const loaders = createRequestLoaders({
      credentials,
      role,
      nickname,
      sessionOf: sessions.of,
      scope,
      scanBudget,
      maxCalls,
      now,
      savePermissions,
    });
    const caller = { name, role, origin, fieldPolicy, credentials };
    const mask = maskOf(fieldPolicy);
    const mediaUrl = (media: WireMedia, credentialId: string): string => {
      scope.reads.limitLifetime(MEDIA_LINK_MS / 2);
      const link = {
        accountSid: media.account_sid,
        messageSid: media.parent_sid,
        mediaSid: media.sid,
        credentialId,
        principalId: principal.id,
        principalName: name,
        expires: now() + MEDIA_LINK_MS,
      };
      return new URL(mediaPath(link, sealedLinks), request.origin).href;
    };
    const timelines = new Timelines({ copies, reads: scope.reads, now: historyNow });
    const copiedAccounts = new CopiedAccounts({ copies, reads: scope.reads });
    const { isSandbox } = parts;
    return {
      caller,
      loaders,
      source,
      copiedAccounts,
      timelines,
      mask,
      sealed,
      mediaUrl,
      scope,
      isSandbox,
      admin,
      reported: [],
    };
  };
}
