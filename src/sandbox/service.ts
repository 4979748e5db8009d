import { setTimeout as sleep } from 'node:timers/promises';
import type { AccessTokens } from './access-tokens.ts';
import type { Accounts } from './accounts.ts';
import { accountInPath, answerApi } from './api.ts';
import { type Caller, identify } from './auth.ts';
import { answerAuthorize } from './authorize-endpoint.ts';
import type { CallLog } from './call-log.ts';
import { answerControl } from './control.ts';
import { distort } from './distort.ts';
import { notFound, TwilioError, tooManyRequests } from './errors.ts';
import { createFaultDice, type FaultDice, throwFault } from './faults.ts';
import type { Grants } from './grants.ts';
import type { OAuthApps } from './oauth-apps.ts';
import type { Seed } from './random.ts';
import { damage, reply } from './reply.ts';
import type { SandboxSwitches } from './switches.ts';
import { answerToken } from './token-endpoint.ts';
import type { SandboxRequest, SandboxResponse } from './types.ts';

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

/** A request as far as it is understood before it is let in. */
interface Inquiry {
  url: URL;
  caller?: Caller;
  /** Why there is no caller. */
  refusal?: TwilioError;
  /** Requests of the account under way, with this one. */
  concurrent: number;
}

/** Answers one request; rejects only when `signal` aborts it while it waits. */
export type Handle = (request: SandboxRequest, signal?: AbortSignal) => Promise<SandboxResponse>;

export function createService({ log, clock, ...parts }: ServiceOptions): Handle {
  const { seed, switches } = parts;
  const dice = createFaultDice(seed.key('faults'), switches);
  const underWay = new Map<string, number>();
  const tokenTimes = new Map<string, number[]>();
  let serial = 0;

  const context = () => {
    const nowMs = clock();
    return { ...parts, nowMs, now: Math.floor(nowMs / 1000) };
  };

  /** The answer to a request that got through to Twilio; throws a TwilioError when it is none. */
  function answer(request: SandboxRequest, { url, caller }: Inquiry, strikes: FaultDice): unknown {
    const { pathname: path, searchParams: query } = url;
    throwFault(strikes, path, query.has('PageToken'));
    const contentType = header(request, 'content-type') ?? '';
    if (path === '/v2/authorize') return answerAuthorize(request, query, { ...context(), contentType });
    if (path === '/v2/token') {
      // The throttle is a switch of this endpoint alone and does not need faultPath to point here.
      return answerToken(request, { ...context(), strikes: dice, asked: tokenTimes, contentType });
    }
    if (!caller) throw notFound(path);
    return answerApi({ ...context(), method: request.method, path, query, caller });
  }

  async function settle(request: SandboxRequest, inquiry: Inquiry, strikes: FaultDice, signal?: AbortSignal) {
    const limit = switches.concurrencyLimit;
    if (inquiry.caller && limit > 0 && inquiry.concurrent > limit) throw tooManyRequests();
    if (switches.latencyMs > 0) await sleep(switches.latencyMs, undefined, signal ? { signal } : {});
    if (inquiry.refusal) throw inquiry.refusal;
    return answer(request, inquiry, strikes);
  }

  return async function handle(asked, signal) {
    const request = { ...asked, method: asked.method.toUpperCase() };
    const url = new URL(request.url.startsWith('/') ? `http://sandbox${request.url}` : request.url);
    const { pathname: path, search } = url;
    if (path === '/_sandbox' || path.startsWith('/_sandbox/')) {
      return answerControl(path, request, { ...context(), callCount: log.calls.length });
    }

    serial += 1;
    const requestId = seed.sid('RQ', String(serial));
    const who = path.startsWith(API) ? whoAsks(request) : {};
    const own = who.caller?.account.sid;
    const concurrent = count(own, 1);
    const strikes: FaultDice = (name) => (path + search).includes(switches.faultPath) && dice(name);
    const call = {
      method: request.method,
      // A query of OAuth's may hold a state, and by mistake a code or a secret.
      path: path.startsWith(OAUTH) ? path : path + search,
      accountSid: accountInPath(path) ?? own,
      credential: who.caller?.id ?? clientIdOf(url, request),
    };
    try {
      const value = await settle(request, { url, concurrent, ...who }, strikes, signal).catch(onlyTwilio);
      const response = damage(reply(distort(value, switches), path, switches), strikes, switches);
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
      count(own, -1);
    }
  };

  function whoAsks(request: SandboxRequest): { caller?: Caller; refusal?: TwilioError } {
    try {
      return { caller: identify(header(request, 'authorization'), context()) };
    } catch (error) {
      return { refusal: onlyTwilio(error) };
    }
  }

  /** Counts an account's requests under way, up or down, and answers their number. */
  function count(account = '', by: 1 | -1): number {
    const number = (underWay.get(account) ?? 0) + by;
    underWay.set(account, number);
    return number;
  }
}

/** A TwilioError is an answer; all else is thrown on. */
function onlyTwilio(error: unknown): TwilioError {
  if (error instanceof TwilioError) return error;
  throw error;
}

/** The client id of a request to an OAuth endpoint, when it looks like one. */
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
