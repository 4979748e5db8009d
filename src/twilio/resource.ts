import { TwilioResponseError } from './errors.ts';
import { isSameSid, isSid, SID_PREFIX, sidPattern } from './sid.ts';

/** The SIDs of a path by the names of its template's placeholders, e.g. `{ AccountSid: 'AC…', Sid: 'SM…' }`. */
export type SidParams = Readonly<Record<string, string>>;

/** How long responses may be cached, in milliseconds; 0 disables caching. */
export interface CacheLifetimes {
  /** Messages whose status is final, and their media. No body is cached longer than this. */
  readonly messageMs: number;
  readonly accountMs: number;
  /** List pages whose messages are all final. A newer message may be missing for this long. */
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
   * Returns how long a response may be cached, in milliseconds.
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
  /** Returns the part of a response that may be cached. @default all of it */
  readonly redact?: (json: unknown) => unknown;
}

export interface ListOptions extends EndpointOptions {
  /** The key of the items in the response, e.g. `messages`. */
  readonly key: string;
  /**
   * Whether a page token is valid only with the page size it was created for. Message tokens name the last item of a
   * page; account tokens are opaque and seem to count pages. @default false
   */
  readonly fixedPageSize?: boolean;
}

/** One path of Twilio's API. */
export interface Endpoint extends EndpointOptions {
  readonly sidPrefix: string;
  /** The template's texts, and its placeholders at odd indexes. */
  readonly parts: readonly string[];
}

export interface ResourceOptions<T> {
  /** The names of its GraphQL types; their global ids contain the SIDs of its path. */
  readonly types: readonly string[];
  /** The letters its SID begins with; alternatives are separated by `|`. */
  readonly sidPrefix: string;
  /** @throws {TwilioResponseError} for a malformed value */
  readonly parse: (value: unknown) => T;
  /** Whether several SIDs are read with one list call. @default false: one call per SID */
  readonly batchByList?: boolean;
  /**
   * Returns the SIDs with which to probe the read permission; without one, those for the list permission.
   * @default a SID that does not exist, in the credential's own account
   */
  readonly probe?: (ownAccountSid: string) => SidParams;
}

export interface ListEndpoint extends ListOptions, Endpoint {}

/** The descriptor of a kind of resource at Twilio. */
export interface Resource<T> extends ResourceOptions<T> {
  readonly read?: Endpoint | undefined;
  readonly list?: ListEndpoint | undefined;
  /** The placeholders that identify a resource, in the order of its global id: `['AccountSid', 'Sid']`. */
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
 * Registers a resource. Metric labels, stale marks, permissions, the call budget, cacheability and global ids derive
 * from this descriptor.
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
  const complete = <E extends EndpointOptions>(endpoint: E) => ({
    ...endpoint,
    sidPrefix,
    parts: endpoint.template.split(/\{(\w+)\}/),
  });
  const [reading, listing] = [read && complete(read), list && complete(list)];
  const names = ((reading ?? listing)?.parts ?? []).filter((_, index) => index % 2 === 1);
  const idParams = names.includes('Sid') ? names : [...names, 'Sid'];
  const resource: Resource<T> = {
    ...options,
    read: reading,
    list: listing,
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

/** The labels of all endpoints that are read. */
export function endpointLabels(): string[] {
  return resources.flatMap(({ read, list }) => [read?.label, list?.label]).filter((one) => one !== undefined);
}

/** The distinct permissions of all resources; sorted, so that their order does not depend on the import order. */
export function allPermissions(): readonly Permission[] {
  const found = resources.flatMap(({ read, list }) => [read?.permission, list?.permission]);
  const permissions = new Set(found.filter((permission) => permission !== undefined));
  return [...permissions].sort((one, other) => (one.name < other.name ? 1 : -1));
}

/** Finds a permission by its name. An unknown one comes from a later release and gets its name as description. */
export function permissionOf(name: string): Permission {
  return allPermissions().find((one) => one.name === name) ?? { name, twilioName: name, description: name };
}

/**
 * Fills in the SIDs of a path.
 *
 * @throws {TwilioResponseError} for a malformed SID: some come from Twilio's responses, and must not change the path
 */
export function pathOf({ parts, sidPrefix }: Endpoint, params: SidParams): string {
  let path = '';
  for (const [index, part] of parts.entries()) {
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

/** Finds the resource of a GraphQL type; undefined for a type that is not one. */
export function resourceOfType(typename: string): Resource<unknown> | undefined {
  return resources.find(({ types }) => types.includes(typename));
}

/** Whether a response is for the requested SID; always true for a list. */
export function isRequested({ Sid }: SidParams, json: unknown): boolean {
  if (Sid === undefined) return true;
  const { sid } = (json ?? {}) as { sid?: unknown };
  return typeof sid === 'string' && isSameSid(sid, Sid);
}

/** Returns the SID prefix of a placeholder other than `{Sid}`; undefined, which allows any prefix, for an unknown name. */
function prefixOf(placeholder: string): string | undefined {
  if (placeholder === 'AccountSid') return SID_PREFIX.account;
  return placeholder === 'MessageSid' ? SID_PREFIX.message : undefined;
}
