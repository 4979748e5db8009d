import { toCsv } from './csv.ts';
import { TwilioError } from './errors.ts';
import type { FaultDice } from './faults.ts';
import { MediaFile } from './media-file.ts';
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
  const { contentType, ...content } = write(value, path);
  const headers: Record<string, string> = {
    'content-type': contentType,
    'x-api-domain': 'api.twilio.com',
    'x-home-region': 'us1',
    'x-powered-by': 'AT-5000',
    'x-shenanigans': 'none',
  };
  if (status === 401) headers['www-authenticate'] = 'Basic realm="Twilio API"';
  if (retryAfterSeconds > 0 && (status === 429 || status === 503)) {
    headers['retry-after'] = String(retryAfterSeconds);
  }
  return { status, headers, ...content };
}

const FORMAT = /\.(?:json|csv)$/;

/** A path of the API without the ending that says how to write the answer. */
export function withoutFormat(path: string): string {
  return path.replace(FORMAT, '');
}

/** Writes JSON, but for paths of the API that end otherwise: `.csv`, or XML without any ending. */
function write(value: unknown, path: string): { contentType: string; body: string; bytes?: Uint8Array } {
  if (value instanceof MediaFile) return { contentType: value.contentType, body: '', bytes: value.bytes };
  const [format] = path.startsWith('/2010-04-01/') ? (FORMAT.exec(path) ?? ['.xml']) : ['.json'];
  const error = value instanceof TwilioError ? value.toJSON() : null;
  if (format === '.csv') return { contentType: 'text/csv', body: toCsv(error ?? (value as object)) };
  if (format === '.json') return { contentType: 'application/json', body: JSON.stringify(value) };
  const content = error ? { rest_exception: error } : { resource: value };
  return { contentType: 'application/xml', body: toXml(content) };
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
  if (strikes('redirect')) {
    return { status: 302, headers: { ...response.headers, location: redirectTo }, body: '' };
  }
  if (strikes('wrongContentType')) {
    return { ...response, headers: { ...response.headers, 'content-type': 'text/html' } };
  }
  if (strikes('oversizedBody')) {
    const { bytes: _file, ...rest } = response;
    return { ...rest, body: response.body.padEnd(oversizedBytes) };
  }
  return strikes('truncateBody') ? { ...response, broken: 'truncate' } : response;
}
