import { TwilioError } from './errors.ts';
import { MediaRedirect } from './media.ts';
import type { SandboxSwitches } from './switches.ts';
import type { SandboxResponse } from './types.ts';
import { WebResponse } from './web-page.ts';

/** Formats an object or a {@link TwilioError} as the API does; a {@link WebResponse} stays as it is. */
export function toResponse(
  value: unknown,
  path: string,
  { retryAfterSeconds }: SandboxSwitches,
): SandboxResponse {
  if (value instanceof WebResponse) {
    const { status, headers, body } = value;
    return { status, headers: { ...headers }, body };
  }
  if (value instanceof MediaRedirect) return { status: 307, headers: { location: value.location }, body: '' };
  const error = value instanceof TwilioError ? value : null;
  const status = error?.status ?? 200;
  const { contentType, ...content } = serialize(value, path);
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

/** Removes the extension of an API path, which selects the format of the response. */
export function withoutFormat(path: string): string {
  return path.replace(FORMAT, '');
}

/** Serializes to JSON; API paths can also select CSV by `.csv` and XML by no extension. */
function serialize(value: unknown, path: string): { contentType: string; body: string } {
  const [format] = path.startsWith('/2010-04-01/') ? (FORMAT.exec(path) ?? ['.xml']) : ['.json'];
  const error = value instanceof TwilioError ? value.toJSON() : null;
  if (format === '.csv') return { contentType: 'text/csv', body: toCsv(error ?? (value as object)) };
  if (format === '.json') return { contentType: 'application/json', body: JSON.stringify(value) };
  const content = error ? { rest_exception: error } : { resource: value };
  return { contentType: 'application/xml', body: toXml(content) };
}

/** Serializes a list or an object to CSV (RFC 4180) with a header line, as the 2010 API does for `.csv`. */
function toCsv(value: object): string {
  const list = Object.values(value).find(Array.isArray) as object[] | undefined;
  const rows = (list ?? [value]) as Record<string, unknown>[];
  const names = Object.entries(rows[0] ?? {}).flatMap(([name, item]) => (isObject(item) ? [] : [name]));
  return [names, ...rows.map((row) => names.map((name) => row[name]))]
    .map((cells) => `${cells.map(cell).join(',')}\r\n`)
    .join('');
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null;

function cell(value: unknown): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Serializes to XML close to that of the 2010 API, for clients that forget `.json`. */
function toXml(value: unknown): string {
  return `<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse>${element('', value)}</TwilioResponse>`;
}

function element(name: string, value: unknown): string {
  const content =
    value === null || value === undefined
      ? ''
      : Array.isArray(value)
        ? value.map((item) => element(singular(name), item)).join('')
        : typeof value === 'object'
          ? Object.entries(value)
              .map(([key, item]) => element(pascal(key), item))
              .join('')
          : escapeXml(String(value));
  return name === '' ? content : `<${name}>${content}</${name}>`;
}

function pascal(key: string): string {
  return key.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function singular(name: string): string {
  return name === 'MediaList' ? 'Media' : name.replace(/s$/, '');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
