import { TwilioError } from './errors.ts';
import type { FaultDice } from './faults.ts';
import type { SandboxSwitches } from './switches.ts';
import type { SandboxResponse } from './types.ts';
import { WebAnswer } from './web-answer.ts';
import { toXml } from './xml.ts';

const HTML = '<html><head><title>Gateway</title></head><body><h1>Something is wrong</h1></body></html>';

/** Writes an object, or an error with its own status, as the API would; an answer for a browser as it is. */
export function reply(value: unknown, path: string, { retryAfterSeconds }: SandboxSwitches): SandboxResponse {
  if (value instanceof WebAnswer) {
    const { status, headers, body } = value;
    return { status, headers: { ...headers }, body };
  }
  const error = value instanceof TwilioError ? value : null;
  const status = error?.status ?? 200;
  const xml = path.startsWith('/2010-04-01/') && !path.endsWith('.json');
  const body = xml
    ? toXml(error ? { rest_exception: error.toJSON() } : { resource: value })
    : JSON.stringify(value);
  const headers: Record<string, string> = {
    'content-type': xml ? 'application/xml' : 'application/json',
    'x-api-domain': 'api.twilio.com',
    'x-home-region': 'us1',
    'x-powered-by': 'AT-5000',
    'x-shenanigans': 'none',
  };
  if (retryAfterSeconds > 0 && (status === 429 || status === 503)) {
    headers['retry-after'] = String(retryAfterSeconds);
  }
  return { status, headers, body };
}

/** What is left of an answer on its way through a bad network. */
export function damage(
  response: SandboxResponse,
  strikes: FaultDice,
  { oversizedBytes, htmlStatus, redirectTo }: SandboxSwitches,
): SandboxResponse {
  if (strikes('resetConnection')) return { ...response, broken: 'reset' };
  if (strikes('htmlInsteadOfJson')) {
    return { status: htmlStatus, headers: { ...response.headers, 'content-type': 'text/html' }, body: HTML };
  }
  if (strikes('redirect'))
    return { status: 302, headers: { ...response.headers, location: redirectTo }, body: '' };
  if (strikes('wrongContentType')) {
    return { ...response, headers: { ...response.headers, 'content-type': 'text/html' } };
  }
  if (strikes('oversizedBody')) return { ...response, body: response.body.padEnd(oversizedBytes) };
  return strikes('truncateBody') ? { ...response, broken: 'truncate' } : response;
}
