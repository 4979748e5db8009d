import { gatewayError } from '../errors/gateway-error.ts';
import { isHarmless } from '../log.ts';
import type { ApiKey } from '../store/api-key.ts';
import type { Credential } from '../store/credential.ts';
import { CommandError } from './command-errors.ts';
import { CLI, type Session } from './session.ts';

/** Finds a credential by id or case-insensitive nickname. @throws {CREDENTIAL_UNKNOWN} */
export async function findCredential({ store }: Session, wanted: string, place: string): Promise<Credential> {
  const byId = await store.get(wanted);
  if (byId) return byId;
  const credentials = await store.list();
  const found = credentials.find(({ nickname }) => nickname.toLowerCase() === wanted.trim().toLowerCase());
  if (found) return found;
  throw gatewayError(
    'CREDENTIAL_UNKNOWN',
    shown(wanted),
    credentials.map(({ nickname }) => nickname),
    place,
  );
}

/** Finds an API key by id or exact name. @throws {CommandError} when unknown or ambiguous */
export async function findApiKey({ admin }: Session, wanted: string): Promise<ApiKey> {
  const keys = await admin.apiKeys.list(CLI);
  const byId = keys.find(({ id }) => id === wanted);
  if (byId) return byId;
  const named = keys.filter(({ name }) => name === wanted.trim());
  const [first, second] = named;
  if (first && !second) return first;
  if (!first) {
    throw new CommandError(
      'NOT_FOUND',
      `There is no API key with the id or name ${JSON.stringify(shown(wanted))}. It may have been revoked; "api-key list" shows all keys.`,
      'ID|NAME',
    );
  }
  const ids = named.map(({ id }) => id).join(', ');
  throw new CommandError(
    'NAME_AMBIGUOUS',
    `${named.length} API keys are called ${JSON.stringify(first.name)}. Use an id: ${ids}.`,
    'ID|NAME',
  );
}

/** Hides text that may be a misplaced secret. */
function shown(wanted: string): string {
  return isHarmless(wanted) ? wanted : '…';
}
