import { GatewayError, type ResponseError } from './gateway-error.ts';
import { currentSession, sessionEnded } from './session.ts';

/** The body of a GraphQL response. */
export interface GraphqlResponse {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly ResponseError[];
}

/** Says that the request comes from a page of this origin: no form and no other site can send it. */
const SESSION_HEADER = { 'X-Gateway-Session': '1' };

/**
 * Posts JSON to the gateway with the session's cookie. When the session has ended, waits until someone has signed in,
 * and sends the request once more.
 *
 * @throws {GatewayError} where the gateway cannot be reached, or responds without a GraphQL body
 */
export async function post(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  for (;;) {
    const session = currentSession();
    const response = await send(path, body, signal);
    if (response.status !== 401) return response;
    await sessionEnded(session);
  }
}

async function send(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  try {
    return await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...SESSION_HEADER },
      body: JSON.stringify(body),
      credentials: 'same-origin',
      ...(signal ? { signal } : {}),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    const message = 'The gateway does not respond. It may be restarting, or this device is offline.';
    throw new GatewayError({ message, extensions: { code: 'OFFLINE' } }, { problem: 'offline' });
  }
}

/** Runs a trusted document by its id. @throws {GatewayError} where the gateway ran nothing */
export async function postDocument(
  documentId: string,
  variables: unknown,
  signal?: AbortSignal,
): Promise<{ readonly response: GraphqlResponse; readonly headers: Headers }> {
  const response = await post('/graphql', { documentId, variables }, signal);
  const { headers } = response;
  const body = (await response.json().catch(() => null)) as GraphqlResponse | null;
  if (!body || typeof body !== 'object') {
    const message = `Something between this page and the gateway responded with the status ${response.status}.`;
    throw new GatewayError({ message, extensions: { code: 'NO_GRAPHQL' } }, { headers, problem: 'offline' });
  }
  return { response: body, headers };
}

/** Signs in with an API key. @returns whether the gateway accepts it */
export async function signIn(key: string): Promise<boolean> {
  const { status } = await send('/login', { key });
  return status < 400;
}

/** Ends the session of this browser. */
export async function signOut(): Promise<void> {
  await send('/logout', {});
}

/** Whether there is a session now. @throws {GatewayError} where the gateway cannot be reached */
export async function probeSession(documentId: string): Promise<boolean> {
  const { status } = await send('/graphql', { documentId, variables: {} });
  return status !== 401;
}
