import type { TwilioClient } from '../twilio/client.ts';
import { isNotAllowed, isNotFound, TwilioError } from '../twilio/errors.ts';
import { allPermissions, allResources, type Permission } from '../twilio/resource.ts';
import { impossibleSid } from '../twilio/sid.ts';
import type { ReadScope } from '../twilio/types.ts';

export interface PermissionCheck {
  /** A {@link Permission}'s name. */
  readonly permission: string;
  readonly granted: boolean;
  readonly checkedAt: Date;
}

/**
 * Finds the permissions of a credential by trying each kind of read once, with the smallest possible request: an OAuth
 * app cannot list its own permissions. A message that does not exist, or its media, is "not found" if the read is
 * allowed, else "not permitted".
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
    const { read, list } = resource;
    if (read) {
      const params = resource.probe?.(accountSid) ?? {
        AccountSid: accountSid,
        Sid: impossibleSid(resource.sidPrefix),
      };
      add(read.permission, () => client.read({ ...resource, read }, params, scope));
    }
    if (list) {
      const page = { name: null, pageSize: 1, filters: [] };
      const params = (!read && resource.probe?.(accountSid)) || { AccountSid: accountSid };
      add(list.permission, () => client.list({ ...resource, list }, params, page, scope));
    }
  }
  const permissions = allPermissions();
  const results = await Promise.allSettled(
    permissions.map((permission) => isGranted(probes.get(permission) ?? (async () => {}))),
  );
  const isValid = results.some((result) => result.status === 'fulfilled' && result.value);
  const checkedAt = new Date();
  return results.map((result, index) => {
    const permission = permissions[index]?.name ?? '';
    if (result.status === 'fulfilled') return { permission, granted: result.value, checkedAt };
    // Some of Twilio's products refuse what is not permitted like an invalid credential; others show that it is valid.
    if (isValid && isNotAllowed(result.reason)) return { permission, granted: false, checkedAt };
    throw result.reason;
  });
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
