import { TwilioError, tooManyRequests } from './errors.ts';
import { mix } from './random.ts';
import type { Fault, SandboxSwitches } from './switches.ts';
import type { SandboxResponse } from './types.ts';

type FaultName = {
  [K in keyof SandboxSwitches]: Fault extends SandboxSwitches[K] ? K : never;
}[keyof SandboxSwitches];

/** Decides whether to inject a fault into this request; decrements a `next`. */
export type FaultInjector = (name: FaultName) => boolean;

/** Creates an injector that is deterministic for a key and a sequence of requests. */
export function createFaultInjector(key: number, switches: SandboxSwitches): FaultInjector {
  let draws = 0;
  return (name) => {
    const fault = switches[name];
    if (typeof fault === 'number') {
      if (fault === 0) return false;
      draws += 1;
      return mix(key, draws) / 2 ** 32 < fault;
    }
    if (fault.next <= 0) return false;
    switches[name] = fault.next > 1 ? { next: fault.next - 1 } : 0;
    return true;
  };
}

/** Throws a Twilio error when one should be injected. */
export function throwFault(shouldInject: FaultInjector, path: string, hasToken: boolean): void {
  if (shouldInject('fail500')) throw new TwilioError(500, 20500, 'An internal server error has occurred');
  if (shouldInject('fail503')) throw new TwilioError(503, 20503, 'Service unavailable');
  if (shouldInject('fail429')) throw tooManyRequests();
  if (shouldInject('resourceMissing')) {
    throw new TwilioError(404, 20404, `The requested resource ${path} was not found`);
  }
  if (hasToken && shouldInject('pageTokenRefused')) throw new TwilioError(400, 21481, 'Invalid PageToken');
}

const UNKNOWN = { x_added_later: { nested: [1, null, { deep: true }] }, x_price_v2: 0.0079, x_null: null };

const PAGE_URIS = ['first_page_uri', 'previous_page_uri', 'next_page_uri'];

/** Applies changes that Twilio may make to a response: new keys, other page URIs. */
export function applyVariations(value: unknown, switches: SandboxSwitches): unknown {
  const { unknownFields, pageUriOrigin, pageRing } = switches;
  if (!unknownFields && !pageUriOrigin && pageRing === 'off') return value;
  // Errors and files stay as they are.
  if (typeof value !== 'object' || value === null || value.constructor !== Object) return value;
  const body = loopPages({ ...value }, pageRing);
  if (pageUriOrigin) {
    for (const key of PAGE_URIS) {
      if (typeof body[key] === 'string') body[key] = new URL(body[key], pageUriOrigin).href;
    }
  }
  if (!unknownFields) return body;
  for (const [key, items] of Object.entries(body)) {
    if (Array.isArray(items)) body[key] = items.map((item) => ({ ...UNKNOWN, ...item, ...UNKNOWN }));
  }
  return { ...UNKNOWN, ...body };
}

/** Makes the pages of a list loop: each page links to itself, or the second and third to each other. */
function loopPages(
  body: Record<string, unknown>,
  kind: SandboxSwitches['pageRing'],
): Record<string, unknown> {
  if (kind === 'self' && 'next_page_uri' in body) body.next_page_uri = body.uri;
  if (kind === 'pair' && Number(body.page) >= 2) body.next_page_uri = body.previous_page_uri;
  return body;
}

const HTML = '<html><head><title>Gateway</title></head><body><h1>Something is wrong</h1></body></html>';

/** Injects the faults of a bad network or proxy into a response. */
export function damageResponse(
  response: SandboxResponse,
  shouldInject: FaultInjector,
  { oversizedBytes, htmlStatus, redirectTo }: SandboxSwitches,
): SandboxResponse {
  if (shouldInject('resetConnection')) return { ...response, broken: 'reset' };
  if (shouldInject('htmlInsteadOfJson')) {
    return { status: htmlStatus, headers: { ...response.headers, 'content-type': 'text/html' }, body: HTML };
  }
  if (shouldInject('redirect')) {
    return { status: 302, headers: { ...response.headers, location: redirectTo }, body: '' };
  }
  if (shouldInject('wrongContentType')) {
    return { ...response, headers: { ...response.headers, 'content-type': 'text/html' } };
  }
  if (shouldInject('oversizedBody')) {
    const { bytes: _file, ...rest } = response;
    return { ...rest, body: response.body.padEnd(oversizedBytes) };
  }
  return shouldInject('truncateBody') ? { ...response, broken: 'truncate' } : response;
}
