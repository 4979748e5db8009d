import type { PermissionCheck } from '../loaders/permissions.ts';
import { type Credential, isFromSettings } from '../store/records.ts';
import { permissionOf } from '../twilio/resource.ts';
import type { Output } from './command.ts';
import { columns, dateText } from './output.ts';

/** Formats a credential as the output of a command. */
export function credentialOutput(credential: Credential): Output {
  const { id, nickname, accountSid, clientId, permissions } = credential;
  return {
    json: credentialJson(credential),
    text: columns([
      ['Nickname', nickname],
      ['Account', accountSid],
      ['Client id', clientId],
      ['Health', healthText(credential)],
      ...permissionRows(permissions),
      ['Id', id],
    ]),
    note: permissionNote(permissions),
  };
}

/** Formats a credential for --json. */
export function credentialJson(credential: Credential) {
  const { id, nickname, accountSid, clientId, kind, secretVersion, refused } = credential;
  return {
    id,
    nickname,
    accountSid,
    clientId,
    kind,
    source: isFromSettings(credential) ? 'settings' : 'store',
    secretVersion,
    permissions: permissionsJson(credential.permissions),
    refused: refused && { at: dateText(refused.at), code: refused.code },
    dateCreated: dateText(credential.dateCreated),
    dateUpdated: dateText(credential.dateUpdated),
  };
}

export function healthText({ refused, permissions }: Credential): string {
  if (!refused) return permissions.length > 0 ? 'ok' : 'not checked';
  const code = refused.code === null ? '' : ` (${refused.code})`;
  return `refused by Twilio${code} since ${dateText(refused.at)}`;
}

export function permissionsJson(checks: readonly PermissionCheck[]) {
  return checks.map(({ permission, granted, checkedAt }) => ({
    permission,
    twilioName: permissionOf(permission).twilioName,
    granted,
    checkedAt: dateText(checkedAt),
  }));
}

/** Returns a row for each permission, the first with the heading. */
export function permissionRows(checks: readonly PermissionCheck[]): string[][] {
  if (checks.length === 0) return [['Permissions', 'not checked']];
  return checks.map(({ permission, granted }, index) => [
    index === 0 ? 'Permissions' : '',
    `${nameOf(permission)}: ${granted ? 'granted' : 'missing'}`,
  ]);
}

/** Summarizes the permissions in one cell. */
export function permissionsSummary(checks: readonly PermissionCheck[]): string {
  if (checks.length === 0) return 'not checked';
  const missing = missingIn(checks);
  if (missing.length === 0) return 'all';
  return missing.length === checks.length ? 'none' : `all but ${missing.map(nameOf).join(', ')}`;
}

/** Returns advice about missing permissions; undefined without any. */
export function permissionNote(checks: readonly PermissionCheck[]): string | undefined {
  const missing = missingIn(checks).map((permission) => permissionOf(permission).twilioName);
  if (missing.length === 0) return undefined;
  return `Reads that need a missing permission will fail. Grant it to the OAuth app in the Twilio Console, then check again: ${missing.join(', ')}.`;
}

function missingIn(checks: readonly PermissionCheck[]) {
  return checks.filter(({ granted }) => !granted).map(({ permission }) => permission);
}

/** Returns the name in the Twilio Console, e.g. `messages.list`. */
function nameOf(permission: PermissionCheck['permission']): string {
  return permission.toLowerCase().replace('_', '.');
}
