import type { Arguments, Io, Operand, Options } from './command.ts';
import { CommandError, usageError } from './command-errors.ts';
import { timeOf } from './time-option.ts';

/** The options that choose messages. */
export const SELECTION = {
  since: { value: 'TIME', about: 'Only messages created from this day or time on (2027-01-31, in UTC).' },
  until: { value: 'TIME', about: 'Only messages created up to this time; a day is its midnight in UTC.' },
  status: { value: 'STATUS', multiple: true, about: 'Only with this status, e.g. FAILED.' },
  outcome: { value: 'OUTCOME', multiple: true, about: 'Only with this outcome, e.g. PENDING.' },
  direction: { value: 'DIRECTION', multiple: true, about: 'Only with this direction, e.g. INBOUND.' },
  channel: { value: 'CHANNEL', multiple: true, about: 'Only on this channel, e.g. WHATSAPP.' },
  participant: { value: 'ADDRESS', about: 'Only with this other party, in either direction.' },
  from: { value: 'ADDRESS', about: 'Only sent from this address.' },
  to: { value: 'ADDRESS', about: 'Only sent to this address.' },
  filter: { value: 'JSON', about: 'A MessageFilter as in GraphQL; the options above are added to it.' },
  'account-sid': { value: 'AC…', multiple: true, about: 'Messages of this account instead of the own.' },
  'all-accounts': { about: "Messages of every account that the caller's credentials open." },
} as const satisfies Options;

export type SelectionArguments = Omit<Arguments<typeof SELECTION, Operand>, 'operand'>;

/** The period of an export, for its progress. */
export interface Period {
  readonly since: Date | undefined;
  readonly until: Date | undefined;
}

export function periodOf({ since, until }: SelectionArguments): Period {
  return { since: timeOf(since, '--since'), until: timeOf(until, '--until') };
}

/**
 * Returns the parameters of `GET /export/…` that choose messages.
 *
 * @throws {CommandError} USAGE for contradictory options; the gateway checks their values
 */
export function selectionOf(args: SelectionArguments): Record<string, string> {
  const filter = filterOf(args);
  const sids = args['account-sid'];
  if (args['all-accounts'] && sids.length > 0) {
    throw usageError('Give either --account-sid or --all-accounts.', '--all-accounts');
  }
  const parameters: Record<string, string> = {};
  if (Object.keys(filter).length > 0) parameters.filter = JSON.stringify(filter);
  if (args['all-accounts']) parameters.in = JSON.stringify({ all: true });
  else if (sids.length === 1) parameters.accountSid = sids[0] ?? '';
  else if (sids.length > 1) parameters.in = JSON.stringify({ sids });
  return parameters;
}

function filterOf(args: SelectionArguments): Record<string, unknown> {
  const filter = parseFilter(args.filter);
  const { since, until } = periodOf(args);
  const { participant, from, to } = args;
  const named = {
    ...(since || until ? { dateCreated: { since, until } } : {}),
    ...Object.fromEntries(
      (['status', 'outcome', 'direction', 'channel'] as const).flatMap((name) =>
        args[name].length > 0 ? [[name, args[name].map((value) => value.toUpperCase())]] : [],
      ),
    ),
    ...Object.fromEntries(
      Object.entries({ participant, from, to }).filter(([, value]) => value !== undefined),
    ),
  };
  for (const name of Object.keys(named)) {
    if (!Object.hasOwn(filter, name)) continue;
    const option = name === 'dateCreated' ? '--since and --until' : `--${name}`;
    throw usageError(`--filter has "${name}" too. Give it either there or by ${option}.`, '--filter');
  }
  return { ...filter, ...named };
}

function parseFilter(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  let filter: unknown;
  try {
    filter = JSON.parse(text);
  } catch {
    // The error of JSON.parse repeats the text, which may contain a phone number.
  }
  if (typeof filter === 'object' && filter !== null && !Array.isArray(filter)) {
    return filter as Record<string, unknown>;
  }
  throw usageError(`--filter takes a JSON object, e.g. '{"status":["FAILED"]}'.`, '--filter');
}

const DEFAULT_URL = 'http://localhost:4000';

/**
 * Returns the gateway's URL, from --url or GATEWAY_URL.
 *
 * @throws {CommandError} USAGE, without the value: a URL may contain a password
 */
export function gatewayUrlOf(option: string | undefined, env: Io['env']): URL {
  const text = option ?? (env.GATEWAY_URL || DEFAULT_URL);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const name = option === undefined ? 'GATEWAY_URL' : '--url';
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash) {
    throw usageError(`${name} takes the URL of a gateway, e.g. ${DEFAULT_URL}.`, name);
  }
  if (url.username || url.password) {
    throw usageError(`${name} must not contain a user or password. The key is read from GATEWAY_KEY.`, name);
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** Whether a request to this URL leaves the machine unencrypted. */
export function isUnencrypted({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && !/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

/** An open response of the gateway. */
export type ExportBody = AsyncIterable<Uint8Array>;

/** Longer than any error of a gateway. */
const MAX_ERROR = 4_000;

/**
 * Requests an export.
 *
 * @throws {CommandError} with the gateway's own code, or GATEWAY_UNREACHABLE, NO_GATEWAY
 */
export async function requestExport(
  url: URL,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<ExportBody> {
  let response: Response;
  try {
    // A redirect could lead the key elsewhere.
    response = await fetch(url, { headers, redirect: 'manual', signal });
  } catch {
    throw new CommandError(
      'GATEWAY_UNREACHABLE',
      `No gateway responds at ${url.origin}. Start it, or give its address by --url.`,
      '--url',
    );
  }
  const type = response.headers.get('content-type') ?? '';
  // Locks the body at once: an unread body ends when its response is collected as garbage.
  if (response.ok && response.body && /^(?:text\/csv|application\/x-ndjson)\b/.test(type))
    return response.body.values();
  const text = await response.text().catch(() => '');
  throw errorIn(text, response.status) ?? noGateway(url, response.status);
}

function errorIn(text: string, status: number): CommandError | undefined {
  try {
    const { errors } = JSON.parse(text) as {
      errors: [{ message: string; extensions: { code: string } }];
    };
    const [{ message, extensions }] = errors;
    const advice = status === 401 ? ' The command reads the key from GATEWAY_KEY, or with --key-stdin.' : '';
    return new CommandError(plainText(extensions.code), `${plainText(message)}${advice}`);
  } catch {
    return undefined;
  }
}

function noGateway({ origin }: URL, status: number): CommandError {
  const message = `${origin} responded with HTTP ${status}, not with an export. Check --url, and the proxies before the gateway.`;
  return new CommandError('NO_GATEWAY', message, '--url');
}

/** Makes a text of the gateway safe for a terminal. */
export function plainText(text: string): string {
  return String(text)
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, MAX_ERROR);
}
