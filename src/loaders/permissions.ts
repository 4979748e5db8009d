import type { TwilioClient } from '../twilio/client.ts';
import { isNotFound, TwilioError } from '../twilio/errors.ts';
import {
  allPermissions,
  allResources,
  type Listable,
  type Permission,
  type Readable,
  type Resource,
} from '../twilio/resource.ts';
import type { ReadScope } from '../twilio/types.ts';

export interface PermissionCheck {
  /** A {@link Permission}'s name. */
  readonly permission: string;
  readonly granted: boolean;
  readonly checkedAt: Date;
}

/** A SID that does not exist: reading it returns "not found" if the read is allowed, else "not permitted". */
const impossibleSid = (sidPrefix: string) => `${sidPrefix.slice(0, 2)}${'0'.repeat(32)}`;

/**
 * Finds the permissions of a credential by trying each kind of read once, with the smallest possible request: an OAuth
 * app cannot list its own permissions.
 *
 * @throws any error other than a missing permission: then no permission is known
 */
export async function probePermissions(
  client: TwilioClient,
  accountSid: string,
  { signal, budget }: Pick<ReadScope, 'signal' | 'budget'>,
): Promise<PermissionCheck[]> {
  // A cached response does not show what is permitted now.
  const scope: ReadScope = { signal, budget, noCache: true };
  const probes = new Map<Permission, () => Promise<unknown>>();
  const add = (permission: Permission, probe: () => Promise<unknown>) => {
    if (!probes.has(permission)) probes.set(permission, probe);
  };
  for (const resource of allResources()) {
    if (isReadable(resource)) {
      const params = resource.probe?.(accountSid) ?? {
        AccountSid: accountSid,
        Sid: impossibleSid(resource.sidPrefix),
      };
      add(resource.read.permission, () => client.read(resource, params, scope));
    }
    if (isListable(resource)) {
      const page = { name: null, pageSize: 1, filters: [] };
      add(resource.list.permission, () => client.list(resource, { AccountSid: accountSid }, page, scope));
    }
  }
  const checks = await Promise.all(
    allPermissions().map(async (permission) => ({
      permission: permission.name,
      granted: await isGranted(probes.get(permission) ?? (async () => {})),
    })),
  );
  const checkedAt = new Date();
  return checks.map((check) => ({ ...check, checkedAt }));
}

function isReadable<T>(resource: Resource<T>): resource is Readable<T> {
  return resource.read !== undefined;
}

function isListable<T>(resource: Resource<T>): resource is Listable<T> {
  return resource.list !== undefined;
}

async function isGranted(read: () => Promise<unknown>): Promise<boolean> {
  try {
    await read();
    return true;
  } catch (error) {
    if (isNotFound(error)) return true;
    if (error instanceof TwilioError && error.code === 70051) return false;
    throw error;
  }
}
