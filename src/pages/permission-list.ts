import type { CredentialPermissionCheck } from '../store/credential.ts';
import { allPermissions, permissionOf } from '../twilio/resource.ts';
import { type Html, html } from './html.ts';

/** Shows each permission with a check mark or a cross, and as text for screen readers. */
export function permissionList(checks: readonly CredentialPermissionCheck[]): Html {
  const found = new Map(checks.map(({ permission, granted }) => [permission, granted]));
  const items = allPermissions().map(({ name, twilioName, description }) => {
    const [style, sign, words] = MARKS[String(found.get(name))] ?? UNKNOWN;
    return html`<li title="${twilioName}"><span class="${style}" aria-hidden="true">${sign}</span> ${description}<span class="unseen">: ${words}</span></li>`;
  });
  return html`<ul class="permissions">${items}</ul>`;
}

const UNKNOWN = ['muted', '?', 'not checked'] as const;
const MARKS: Readonly<Record<string, readonly [style: string, sign: string, words: string]>> = {
  true: ['good', '✓', 'granted'],
  false: ['bad', '✗', 'missing'],
};

/** Returns Twilio's names of the missing permissions, as shown in its Console. */
export function missingNames(checks: readonly CredentialPermissionCheck[]): string[] {
  return checks
    .filter(({ granted }) => !granted)
    .map(({ permission }) => permissionOf(permission).twilioName);
}
