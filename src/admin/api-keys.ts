import { createToken, hashToken } from '../auth/api-token.ts';
import type { Role } from '../auth/caller.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import type { ApiKey } from '../store/records.ts';
import type { GatewayStore } from '../store/store.ts';
import { type Actor, type Audit, asAdmin } from './actor.ts';

export interface CreateApiKeyInput {
  name: string;
  role: Role;
  /** The credentials a READER key may use; an ADMIN key may use all. */
  credentialIds?: readonly string[] | null | undefined;
  dateExpires?: Date | null | undefined;
}

/** Admin operations on API keys; FORBIDDEN for other roles. */
export interface ApiKeyAdmin {
  list(actor: Actor): Promise<readonly ApiKey[]>;
  /** Creates a key. Its token is only available here. */
  create(actor: Actor, input: CreateApiKeyInput): Promise<{ apiKey: ApiKey; token: string }>;
  revoke(actor: Actor, id: string): Promise<string>;
}

export function createApiKeyAdmin(
  store: GatewayStore,
  audit: Audit,
  now: () => number = Date.now,
): ApiKeyAdmin {
  return {
    list: (actor) => asAdmin(actor, () => store.listApiKeys()),

    create: (actor, { name, role, credentialIds, dateExpires }) =>
      asAdmin(actor, async () => {
        if (!/^[^\p{Cc}]{1,64}$/u.test(name.trim())) {
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
        const unknown = credentialIds?.find((id) => !known.has(id));
        if (unknown !== undefined) throw gatewayError('NOT_FOUND', 'credential');
        const token = createToken();
        const apiKey = await store.addApiKey({
          name: name.trim(),
          role,
          tokenHash: hashToken(token),
          credentialIds: credentialIds ?? [],
          dateExpires: dateExpires ?? null,
        });
        await audit(actor, 'api-key.create', apiKey.id, {
          name: apiKey.name,
          role,
          credentialIds: credentialIds ?? [],
        });
        return { apiKey, token };
      }),

    revoke: (actor, id) =>
      asAdmin(actor, async () => {
        const key = (await store.listApiKeys()).find((one) => one.id === id);
        if (!key) throw gatewayError('NOT_FOUND', 'API key');
        await store.revokeApiKey(id);
        await audit(actor, 'api-key.revoke', id, { name: key.name });
        return id;
      }),
  };
}
