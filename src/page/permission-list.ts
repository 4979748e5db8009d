import type { CredentialPermission, CredentialPermissionCheck } from '../credentials/credential.ts';
import { PERMISSIONS } from '../loaders/permissions.ts';
import { type Html, html } from './html.ts';

const LABELS: Readonly<Record<CredentialPermission, string>> = {
  MESSAGES_READ: 'Read messages',
  MESSAGES_LIST: 'List messages',
  ACCOUNTS_READ: 'Read accounts',
  ACCOUNTS_LIST: 'List accounts',
};

/** Each permission with a check or a cross, and in words for those who do not see them. */
export function permissionList(checks: readonly CredentialPermissionCheck[]): Html {
  const found = new Map(checks.map(({ permission, granted }) => [permission, granted]));
  const items = (Object.keys(LABELS) as CredentialPermission[]).map((permission) => {
    const [style, sign, words] = MARKS[String(found.get(permission))] ?? UNKNOWN;
    return html`<li title="${PERMISSIONS[permission]}"><span class="${style}" aria-hidden="true">${sign}</span> ${LABELS[permission]}<span class="unseen">: ${words}</span></li>`;
  });
  return html`<ul class="permissions">${items}</ul>`;
}

const UNKNOWN = ['muted', '?', 'not checked'] as const;
const MARKS: Readonly<Record<string, readonly [style: string, sign: string, words: string]>> = {
  true: ['good', '✓', 'granted'],
  false: ['bad', '✗', 'missing'],
};

/** Twilio's own names of what is missing, as its Console wants them. */
export function missingNames(checks: readonly CredentialPermissionCheck[]): string[] {
  return checks.filter(({ granted }) => !granted).map(({ permission }) => PERMISSIONS[permission]);
}
