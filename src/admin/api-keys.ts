import { createToken, hashToken } from '../auth/api-token.ts';
import type { Role } from '../auth/caller.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import type { FieldPolicy } from '../policy/field-policy.ts';
import type { ApiKey, ApiKeyChange, Credential } from '../store/records.ts';
import type { GatewayStore } from '../store/store.ts';
import { type Actor, type Audit, asAdmin } from './actor.ts';

export interface CreateApiKeyInput {
  name: string;
  role: Role;
  /** The credentials a READER key may use; an ADMIN key may use all. */
  credentialIds?: readonly string[] | null | undefined;
  dateExpires?: Date | null | undefined;
  /** @default everything is shown */
  fieldPolicy?: FieldPolicy | undefined;
}

/** Admin operations on API keys; FORBIDDEN for other roles. */
export interface ApiKeyAdmin {
  list(actor: Actor): Promise<readonly ApiKey[]>;
  /** Creates a key. Its token is only available here. */
  create(actor: Actor, input: CreateApiKeyInput): Promise<{ apiKey: ApiKey; token: string }>;
  /** Changes a key; its token stays. What is undefined stays, too. */
  update(actor: Actor, id: string, change: ApiKeyChange): Promise<ApiKey>;
  revoke(actor: Actor, id: string): Promise<string>;
}

/** Whether a key can read nothing, because it may use none of the credentials. */
export function reachesNothing(
  { role, credentialIds }: Pick<ApiKey, 'role' | 'credentialIds'>,
  credentials: readonly Pick<Credential, 'id'>[],
): boolean {
  return role !== 'ADMIN' && !credentials.some(({ id }) => credentialIds.includes(id));
}

export function createApiKeyAdmin(
  store: GatewayStore,
  audit: Audit,
  now: () => number = Date.now,
): ApiKeyAdmin {
  const find = async (id: string): Promise<ApiKey> => {
    const key = (await store.listApiKeys()).find((one) => one.id === id);
    if (!key) throw gatewayError('NOT_FOUND', 'API key');
    return key;
  };

  /** @throws {BAD_USER_INPUT} {NOT_FOUND} for an unknown credential */
  async function check({ name, credentialIds, dateExpires }: ApiKeyChange): Promise<void> {
    if (name !== undefined && !/^[^\p{Cc}]{1,64}$/u.test(name.trim())) {
      throw gatewayError('BAD_USER_INPUT', 'A name must have 1 to 64 characters.', 'name');
    }
    if (dateExpires && dateExpires.getTime() <= now()) {
      throw gatewayError(
        'BAD_USER_INPUT',
        'The expiry date is in the past. Choose a later one, or none.',
        'dateExpires',
      );
    }
    const known = new Set((await store.list()).map(({ id }) => id));
    if (credentialIds?.some((id) => !known.has(id))) throw gatewayError('NOT_FOUND', 'credential');
  }

  return {
    list: (actor) => asAdmin(actor, () => store.listApiKeys()),

    create: (actor, { name, role, credentialIds, dateExpires, fieldPolicy }) =>
      asAdmin(actor, async () => {
        await check({ name, credentialIds: credentialIds ?? undefined, dateExpires });
        const token = createToken();
        const apiKey = await store.addApiKey({
          name: name.trim(),
          role,
          tokenHash: hashToken(token),
          credentialIds: credentialIds ?? [],
          dateExpires: dateExpires ?? null,
          fieldPolicy,
        });
        await audit(actor, 'api-key.create', apiKey.id, {
          name: apiKey.name,
          role,
          credentialIds: credentialIds ?? [],
          fieldPolicy: { ...apiKey.fieldPolicy },
        });
        return { apiKey, token };
      }),

    update: (actor, id, change) =>
      asAdmin(actor, async () => {
        const before = await find(id);
        await check(change);
        const { name, credentialIds, dateExpires, fieldPolicy } = change;
        const key = await store.updateApiKey(id, { ...change, name: name?.trim() });
        await audit(actor, 'api-key.update', id, {
          name: before.name,
          ...(name !== undefined && { newName: key.name }),
          ...(credentialIds && { credentialIds: [...key.credentialIds] }),
          ...(dateExpires !== undefined && { dateExpires: key.dateExpires?.toISOString() ?? null }),
          ...(fieldPolicy && { fieldPolicy: { ...key.fieldPolicy } }),
        });
        return key;
      }),

    revoke: (actor, id) =>
      asAdmin(actor, async () => {
        const key = await find(id);
        await store.revokeApiKey(id);
        await audit(actor, 'api-key.revoke', id, { name: key.name });
        return id;
      }),
  };
}
