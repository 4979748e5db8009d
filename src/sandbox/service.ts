import { setTimeout as sleep } from 'node:timers/promises';
import type { AccessTokens } from './access-tokens.ts';
import type { Accounts } from './accounts.ts';
import { accountInPath, handleApi } from './api.ts';
import { authenticate, type Caller } from './auth.ts';
import { handleAuthorize } from './authorize-endpoint.ts';
import { handleControl } from './control.ts';
import { notFound, TwilioError, tooManyRequests } from './errors.ts';
import {
  applyVariations,
  createFaultInjector,
  damageResponse,
  type FaultInjector,
  throwFault,
} from './faults.ts';
import type { Grants } from './grants.ts';
import { storedFile } from './media.ts';
import type { OAuthApps } from './oauth-apps.ts';
import type { Seed } from './random.ts';
import { toResponse } from './response.ts';
import type { SandboxSwitches } from './switches.ts';
import { handleToken } from './token-endpoint.ts';
import type { SandboxCall, SandboxRequest, SandboxResponse } from './types.ts';

const MAX_CALLS = 10_000;

/** The most recent requests, oldest first. */
export interface CallLog {
  readonly calls: SandboxCall[];
  add(call: { [K in keyof SandboxCall]: SandboxCall[K] | undefined }): void;
}

export function createCallLog(): CallLog {
  const calls: SandboxCall[] = [];
  return {
    calls,
    add(call) {
      // Omits undefined keys, so that tests can compare whole calls.
      calls.push(
        Object.fromEntries(Object.entries(call).filter(([, value]) => value !== undefined)) as never,
      );
      if (calls.length > MAX_CALLS) calls.shift();
    },
  };
}

const API = '/2010-04-01/';
const OAUTH = '/v2/';

export interface ServiceOptions {
  seed: Seed;
  accounts: Accounts;
  apps: OAuthApps;
  tokens: AccessTokens;
  grants: Grants;
  switches: SandboxSwitches;
  log: CallLog;
  /** Milliseconds since 1970. */
  clock: () => number;
}

/** The URL of a request and the result of its authentication. */
interface AuthenticatedRequest {
  url: URL;
  caller?: Caller;
  /** The error of a failed authentication. */
  authError?: TwilioError;
  /** In-flight requests of the account, including this one. */
  concurrent: number;
}

/** Responds to one request; rejects only when `signal` aborts it during its latency. */
export type Handle = (request: SandboxRequest, signal?: AbortSignal) => Promise<SandboxResponse>;

export function createService({ log, clock, ...parts }: ServiceOptions): Handle {
  const { seed, switches } = parts;
  const injector = createFaultInjector(seed.key('faults'), switches);
  const inFlight = new Map<string, number>();
  const tokenTimes = new Map<string, number[]>();
  let serial = 0;

  const context = () => {
    const nowMs = clock();
    return { ...parts, nowMs, now: Math.floor(nowMs / 1000) };
  };

  /** Routes a request to its endpoint and returns the result; throws a TwilioError. */
  function route(
    request: SandboxRequest,
    { url, caller }: AuthenticatedRequest,
    shouldInject: FaultInjector,
  ): unknown {
    const { pathname: path, searchParams: query } = url;
    throwFault(shouldInject, path, query.has('PageToken'));
    const contentType = header(request, 'content-type') ?? '';
    if (path === '/v2/authorize') return handleAuthorize(request, query, { ...context(), contentType });
    if (path === '/v2/token') {
      // tokenThrottle concerns this endpoint alone, so faultPath does not apply.
      return handleToken(request, {
        ...context(),
        shouldInject: injector,
        requestTimes: tokenTimes,
        contentType,
      });
    }
    if (!caller) throw notFound(path);
    return handleApi({ ...context(), method: request.method, path, query, caller });
  }

  async function respond(
    request: SandboxRequest,
    authenticated: AuthenticatedRequest,
    shouldInject: FaultInjector,
    signal?: AbortSignal,
  ) {
    const limit = switches.concurrencyLimit;
    if (authenticated.caller && limit > 0 && authenticated.concurrent > limit) throw tooManyRequests();
    if (switches.latencyMs > 0) await sleep(switches.latencyMs, undefined, signal ? { signal } : {});
    if (authenticated.authError) throw authenticated.authError;
    return route(request, authenticated, shouldInject);
  }

  return async function handle(incoming, signal) {
    const request = { ...incoming, method: incoming.method.toUpperCase() };
    const url = new URL(request.url.startsWith('/') ? `http://sandbox${request.url}` : request.url);
    const { pathname: path, search } = url;
    const file = storedFile(path, header(request, 'authorization'), header(request, 'range'));
    if (file) return { ...file, body: '' };
    if (path === '/_sandbox' || path.startsWith('/_sandbox/')) {
      return handleControl(path, request, { ...context(), callCount: log.calls.length });
    }

    serial += 1;
    const requestId = seed.sid('RQ', String(serial));
    const authentication = path.startsWith(API) ? tryAuthenticate(request) : {};
    const own = authentication.caller?.account.sid;
    const concurrent = countInFlight(own, 1);
    const shouldInject: FaultInjector = (name) =>
      (path + search).includes(switches.faultPath) && injector(name);
    const call = {
      method: request.method,
      // The query of an OAuth request may contain a state, and by mistake a code or a secret.
      path: path.startsWith(OAUTH) ? path : path + search,
      accountSid: accountInPath(path) ?? own,
      credential: authentication.caller?.id ?? clientIdOf(url, request),
    };
    try {
      const value = await respond(
        request,
        { url, concurrent, ...authentication },
        shouldInject,
        signal,
      ).catch(twilioErrorOf);
      const response = damageResponse(
        toResponse(applyVariations(value, switches), path, switches),
        shouldInject,
        switches,
      );
      Object.assign(response.headers, {
        'twilio-concurrent-requests': String(concurrent),
        'twilio-request-id': requestId,
        'twilio-request-duration': (0.021 + switches.latencyMs / 1000).toFixed(3),
      });
      const code = value instanceof TwilioError ? value.code : undefined;
      log.add({ ...call, status: response.broken === 'reset' ? 0 : response.status, code });
      return response;
    } catch (error) {
      log.add({ ...call, status: 0, ...(signal?.aborted ? { aborted: true } : {}) });
      throw error;
    } finally {
      countInFlight(own, -1);
    }
  };

  function tryAuthenticate(request: SandboxRequest): { caller?: Caller; authError?: TwilioError } {
    try {
      return { caller: authenticate(header(request, 'authorization'), context()) };
    } catch (error) {
      return { authError: twilioErrorOf(error) };
    }
  }

  /** Changes the number of an account's in-flight requests and returns it. */
  function countInFlight(account = '', by: 1 | -1): number {
    const number = (inFlight.get(account) ?? 0) + by;
    inFlight.set(account, number);
    return number;
  }
}

/** Returns a TwilioError, which becomes a response; rethrows any other error. */
function twilioErrorOf(error: unknown): TwilioError {
  if (error instanceof TwilioError) return error;
  throw error;
}

/** Returns the client id of a request to an OAuth endpoint, if well-formed. */
function clientIdOf({ pathname, searchParams }: URL, { method, body = '' }: SandboxRequest) {
  if (!pathname.startsWith(OAUTH)) return undefined;
  const clientId = (method === 'POST' ? new URLSearchParams(body) : searchParams).get('client_id') ?? '';
  return /^OQ[0-9a-f]{32}$/.test(clientId) ? clientId : undefined;
}

function header(request: SandboxRequest, name: string): string | undefined {
  for (const [key, value] of Object.entries(request.headers ?? {})) {
    if (key.toLowerCase() === name) return value;
  }
  return undefined;
}
