import type { Actor } from '../admin/actor.ts';
import type { ApiKeyAdmin, CreateApiKeyInput } from '../admin/api-keys.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import type { ApiKey } from '../store/api-key.ts';
import type { Credential } from '../store/credential.ts';
import { explainStoreError } from '../store/explain-store-error.ts';
import type { GatewayStore } from '../store/store.ts';
import { createdPage, createPage, revokePage, type TypedKey } from './api-key-pages.ts';
import type { Form } from './form.ts';
import { attempt } from './problem.ts';
import type { AdminVisit, Routes } from './visit.ts';

export function apiKeyRoutes(store: GatewayStore, apiKeys: ApiKeyAdmin): Routes<AdminVisit> {
  const credentials = (): Promise<readonly Credential[]> =>
    store.list().catch((error) => {
      throw explainStoreError(error);
    });
  const find = async (actor: Actor, id: string | null): Promise<ApiKey> => {
    const key = (await apiKeys.list(actor)).find((one) => one.id === id);
    if (!key) throw gatewayError('NOT_FOUND', 'API key');
    return key;
  };

  return {
    '/credentials/keys/create': {
      GET: async () => createPage(await credentials()),
      async POST({ actor, form }) {
        const typed = typedIn(form);
        const { problem, value } = await attempt(async () => apiKeys.create(actor, inputOf(typed)));
        if (problem) return createPage(await credentials(), typed, problem);
        // The token is only in this response: a redirect would need it in a URL or a cookie.
        return createdPage(value.apiKey, value.token);
      },
    },

    '/credentials/keys/revoke': {
      GET: async ({ actor, url }) => revokePage(await find(actor, url.searchParams.get('id'))),
      async POST({ actor, form }) {
        const key = await find(actor, form.text('id'));
        const { problem } = await attempt(() => apiKeys.revoke(actor, key.id));
        if (problem) return revokePage(key, problem);
        return { location: '/credentials', done: `The API key "${key.name}" was revoked.` };
      },
    },
  };
}

function typedIn(form: Form): TypedKey {
  return {
    name: form.text('name').trim(),
    role: form.text('role') === 'ADMIN' ? 'ADMIN' : 'READER',
    credentialIds: form.all('credential'),
    dateExpires: form.text('dateExpires').trim(),
  };
}

function inputOf({ dateExpires, ...typed }: TypedKey): CreateApiKeyInput {
  return { ...typed, dateExpires: dateExpires === '' ? null : endOfDay(dateExpires) };
}

/** Returns the last instant of a day, in UTC. @throws {BAD_USER_INPUT} for an invalid day */
function endOfDay(day: string): Date {
  const end = new Date(`${day}T23:59:59.999Z`);
  // Date turns the 30th of February into the 2nd of March.
  if (!Number.isNaN(end.getTime()) && end.toISOString().startsWith(day)) return end;
  throw gatewayError('BAD_USER_INPUT', 'This is not a date. Write it as 2030-12-31.', 'dateExpires');
}
