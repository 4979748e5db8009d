import { html } from 'hono/html';
import { type Credential, type CredentialPermissionCheck, isFromSettings } from '../store/records.ts';
import { allPermissions, permissionOf } from '../twilio/resource.ts';
import type { PageContext } from './context.ts';
import { type Html, time, tokenField } from './page.ts';

const KINDS: Readonly<Record<Credential['kind'], string>> = {
  client_credentials: 'account app (client credentials)',
  authorization_code: 'organization app (consent)',
};

const CHANGES = [
  ['rename', 'Rename'],
  ['rotate', 'Rotate secret'],
  ['remove', 'Remove'],
] as const;

/** Shows one credential of the list: its account, health and actions. */
export function credentialCard(
  c: PageContext,
  credential: Credential,
  { name, isSandbox }: { readonly name: string | null; readonly isSandbox: boolean },
): Html {
  const { id, nickname, accountSid, clientId, kind, permissions, dateCreated } = credential;
  const isFixed = isFromSettings(credential);
  const checkedAt = permissions.map((check) => check.checkedAt.getTime());
  const changes = CHANGES.map(
    ([path, words]) =>
      html`<a href="/credentials/${path}?${new URLSearchParams({ id })}">${words}<span class="unseen"> ${nickname}</span></a>
`,
  );
  return html`<li class="card">
<div class="title"><h3>${nickname}</h3>${isFixed ? html`<span class="tag">${isSandbox ? 'of the sandbox' : 'from the settings'}</span>` : null}</div>
<dl>
${name === null ? null : html`<dt>Account</dt><dd>${name}</dd>`}
<dt>Account SID</dt><dd><code>${accountSid}</code></dd>
<dt>Client id</dt><dd><code>${clientId}</code></dd>
<dt>Kind</dt><dd>${KINDS[kind]}</dd>
<dt>Health</dt><dd>${health(credential)}</dd>
<dt>Permissions</dt><dd>${permissionList(permissions)}${checkedAt.length > 0 ? html`<span class="hint">checked ${time(new Date(Math.min(...checkedAt)))}</span>` : null}</dd>
${isFixed ? null : html`<dt>Added</dt><dd>${time(dateCreated)}</dd>`}
</dl>
<div class="actions">
<form method="post" action="/credentials/recheck">${tokenField(c)}<input type="hidden" name="id" value="${id}">
<button class="quiet">Recheck<span class="unseen"> ${nickname}</span></button></form>
${isFixed ? html`<span class="muted">${isSandbox ? 'Part of the sandbox.' : 'Change it with the environment variables.'}</span>` : changes}
</div>
</li>`;
}

function health({ refused, permissions, kind }: Credential): Html {
  if (refused) {
    const code = refused.code === null ? '' : `, code ${refused.code}`;
    const remedy = kind === 'authorization_code' ? 'rotate it, or connect the app again' : 'rotate it';
    return html`<span class="bad">Twilio has refused the secret since ${time(refused.at)}${code}: ${remedy}</span>`;
  }
  if (permissions.length === 0) return html`<span class="muted">Never checked</span>`;
  const missing = missingNames(permissions);
  return missing.length === 0
    ? html`<span class="good">OK</span>`
    : html`<span class="bad">Lacks ${missing.join(', ')}</span>`;
}

const UNKNOWN = ['muted', '?', 'not checked'] as const;
const MARKS: Readonly<Record<string, readonly [style: string, sign: string, words: string]>> = {
  true: ['good', '✓', 'granted'],
  false: ['bad', '✗', 'missing'],
};

/** Shows each permission with a check mark or a cross, and as text for screen readers. */
export function permissionList(checks: readonly CredentialPermissionCheck[]): Html {
  const found = new Map(checks.map(({ permission, granted }) => [permission, granted]));
  const items = allPermissions().map(({ name, twilioName, description }) => {
    const [style, sign, words] = MARKS[String(found.get(name))] ?? UNKNOWN;
    return html`<li title="${twilioName}"><span class="${style}" aria-hidden="true">${sign}</span> ${description.replace(/^To (.*)\.$/, '$1')}<span class="unseen">: ${words}</span></li>`;
  });
  return html`<ul class="permissions">${items}</ul>`;
}

/** Returns Twilio's names of the missing permissions, as shown in its Console. */
export function missingNames(checks: readonly CredentialPermissionCheck[]): string[] {
  const missing = checks.filter(({ granted }) => !granted);
  return missing.map(({ permission }) => permissionOf(permission).twilioName);
}
