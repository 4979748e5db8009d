import { TwilioResponseError } from '../twilio-error.ts';
import { isSameSid, isSid, SID_PREFIX, sidPattern } from './sid.ts';

/** The SIDs of a path by the names of its template's placeholders, e.g. `{ AccountSid: 'AC…', Sid: 'SM…' }`. */
export type SidParams = Readonly<Record<string, string>>;

/** For how long responses may be cached, in milliseconds; 0 is not at all. */
export interface CacheLifetimes {
  /** Messages whose status is final, and their media. No body is cached longer than this. */
  readonly messageMs: number;
  readonly accountMs: number;
  /** List pages all of whose messages are final: a newer message may be missing for as long. */
  readonly pageMs: number;
}

/** A Twilio permission that an OAuth app needs for a read. */
export interface Permission {
  /** As in the schema's enum TwilioPermission, e.g. `MESSAGES_READ`. */
  readonly name: string;
  /** Twilio's own name, e.g. `/twilio/messaging/messages/read`. */
  readonly twilioName: string;
  readonly description: string;
}

export interface EndpointOptions {
  /** The label in metrics, spans, logs and stale marks, e.g. `messages_list`. */
  readonly label: string;
  /** The path with a placeholder for each SID, e.g. `/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json`. */
  readonly template: string;
  readonly permission: Permission;
  /**
   * For how long a response may be cached, in milliseconds.
   *
   * @param isCached whether the response of another path of this credential is cached now
   * @default 0
   */
  readonly lifetime?: (
    json: unknown,
    lifetimes: CacheLifetimes,
    params: SidParams,
    isCached: (path: string) => boolean,
  ) => number;
  /** What of a response may be cached. @default all of it */
  readonly redact?: (json: unknown) => unknown;
}

export interface ListOptions extends EndpointOptions {
  /** Where the items are in the response, e.g. `messages`. */
  readonly key: string;
  /**
   * Whether a page token holds only together with the page size it was made for. Message tokens name the last item
   * of a page; account tokens are opaque and seem to count pages. @default false
   */
  readonly fixedPageSize?: boolean;
}

/** One path of Twilio's API. */
export interface Endpoint extends EndpointOptions {
  readonly sidPrefix: string;
}

export interface ResourceOptions<T> {
  /** The GraphQL types it is shown as; their global ids hold the SIDs of its path. */
  readonly types: readonly string[];
  /** The letters its SID begins with; several are joined by `|`. */
  readonly sidPrefix: string;
  /** @throws {TwilioResponseError} for a value that cannot be one */
  readonly parse: (value: unknown) => T;
  /** Whether several SIDs are read by one list call. @default false: each by a call of its own */
  readonly batchByList?: boolean;
  /**
   * The SIDs to try its read with, to find out whether the permission is there.
   * @default a SID that nothing has, in the credential's own account
   */
  readonly probe?: (ownAccountSid: string) => SidParams;
}

export interface ListEndpoint extends ListOptions, Endpoint {}

/** A kind of thing at Twilio: what there is to know about it, once. */
export interface Resource<T> extends ResourceOptions<T> {
  readonly read?: Endpoint | undefined;
  readonly list?: ListEndpoint | undefined;
  /** The placeholders that find one again, in the order of its global id: `['AccountSid', 'Sid']`. */
  readonly idParams: readonly string[];
  /** Matches the SIDs of its global id, joined by colons. */
  readonly idPattern: RegExp;
}

export interface Readable<T> extends Resource<T> {
  readonly read: Endpoint;
}

export interface Listable<T> extends Resource<T> {
  readonly list: ListEndpoint;
}

const resources: Resource<unknown>[] = [];

/**
 * Makes a resource known. Metric labels, stale marks, permissions, the call budget, cacheability and global ids derive
 * from what is said here.
 */
export function defineResource<T>(
  options: ResourceOptions<T> & { read: EndpointOptions; list: ListOptions },
): Readable<T> & Listable<T>;
export function defineResource<T>(options: ResourceOptions<T> & { read: EndpointOptions }): Readable<T>;
export function defineResource<T>(options: ResourceOptions<T> & { list: ListOptions }): Listable<T>;
export function defineResource<T>(
  options: ResourceOptions<T> & { read?: EndpointOptions; list?: ListOptions },
): Resource<T> {
  const { sidPrefix, read, list } = options;
  const names = placeholdersOf((read ?? list)?.template ?? '');
  const idParams = names.includes('Sid') ? names : [...names, 'Sid'];
  const resource: Resource<T> = {
    ...options,
    read: read && { ...read, sidPrefix },
    list: list && { ...list, sidPrefix },
    idParams,
    idPattern: new RegExp(
      `^${idParams.map((name) => sidPattern(name === 'Sid' ? sidPrefix : prefixOf(name))).join(':')}$`,
    ),
  };
  resources.push(resource);
  return resource;
}

/** All resources, in the order of their definition. */
export function allResources(): readonly Resource<unknown>[] {
  return resources;
}

/** The permissions of all resources, each once; sorted, so that their order does not depend on that of imports. */
export function allPermissions(): readonly Permission[] {
  const found = resources.flatMap(({ read, list }) => [read?.permission, list?.permission]);
  const permissions = new Set(found.filter((permission) => permission !== undefined));
  return [...permissions].sort((one, other) => (one.name < other.name ? 1 : -1));
}

/** The permission of this name; one that no resource has is of a later release. */
export function permissionOf(name: string): Permission {
  return allPermissions().find((one) => one.name === name) ?? { name, twilioName: name, description: name };
}

/**
 * Fills in the SIDs of a path.
 *
 * @throws {TwilioResponseError} for a malformed SID: some come out of Twilio's responses, and they become part of a path
 */
export function pathOf({ template, sidPrefix }: Endpoint, params: SidParams): string {
  let path = '';
  for (const [index, part] of partsOf(template).entries()) {
    if (index % 2 === 0) {
      path += part;
      continue;
    }
    const sid = params[part];
    if (!isSid(sid, part === 'Sid' ? sidPrefix : prefixOf(part))) {
      throw new TwilioResponseError('a SID is malformed');
    }
    path += sid;
  }
  return path;
}

const partsOfTemplates = new Map<string, readonly string[]>();

/** Text and placeholder's name in turns. */
function partsOf(template: string): readonly string[] {
  const known = partsOfTemplates.get(template);
  if (known) return known;
  const parts = template.split(PLACEHOLDER);
  partsOfTemplates.set(template, parts);
  return parts;
}

/** The resource that is shown as a GraphQL type; undefined for a type that is none. */
export function resourceOfType(typename: string): Resource<unknown> | undefined {
  return resources.find(({ types }) => types.includes(typename));
}

/** Whether a response is of the SID that was asked for; of a list it is always. */
export function isRequested({ Sid }: SidParams, json: unknown): boolean {
  if (Sid === undefined) return true;
  const { sid } = (json ?? {}) as { sid?: unknown };
  return typeof sid === 'string' && isSameSid(sid, Sid);
}

const PLACEHOLDER = /\{(\w+)\}/g;

function placeholdersOf(template: string): string[] {
  return [...template.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
}

/** The letters of the SID that belongs into a placeholder other than `{Sid}`; any two for a name not known here. */
function prefixOf(placeholder: string): string | undefined {
  if (placeholder === 'AccountSid') return SID_PREFIX.account;
  return placeholder === 'MessageSid' ? SID_PREFIX.message : undefined;
}
