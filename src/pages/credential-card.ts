import type { Credential } from '../store/credential.ts';
import { type Html, html } from './html.ts';
import { tokenField } from './layout.ts';
import { missingNames, permissionList } from './permission-list.ts';
import { time } from './times.ts';
import type { FormContext } from './visit.ts';

const KINDS: Readonly<Record<Credential['kind'], string>> = {
  client_credentials: 'account app (client credentials)',
  authorization_code: 'organization app (consent)',
};

/** Shows one credential of the list: its account, health and actions. */
export function credentialCard(credential: Credential, context: FormContext): Html {
  const { id, nickname, accountSid, clientId, kind, permissions, dateCreated } = credential;
  const fixed = isFromSettings(credential);
  return html`<li class="card">
<div class="title"><h3>${nickname}</h3>${fixed ? html`<span class="tag">from the settings</span>` : null}</div>
<dl>
<dt>Account SID</dt><dd><code>${accountSid}</code></dd>
<dt>Client id</dt><dd><code>${clientId}</code></dd>
<dt>Kind</dt><dd>${KINDS[kind]}</dd>
<dt>Health</dt><dd>${health(credential)}</dd>
<dt>Permissions</dt><dd>${permissionList(permissions)}${checkedAt(permissions)}</dd>
${fixed ? null : html`<dt>Added</dt><dd>${time(dateCreated)}</dd>`}
</dl>
<div class="actions">
<form method="post" action="/credentials/recheck">${tokenField(context)}<input type="hidden" name="id" value="${id}">
<button class="quiet">Recheck<span class="unseen"> ${nickname}</span></button></form>
${
  fixed
    ? html`<span class="muted">Change it with the environment variables.</span>`
    : CHANGES.map(([path, words]) => {
        const href = `/credentials/${path}?${new URLSearchParams({ id })}`;
        return html`<a href="${href}">${words}<span class="unseen"> ${nickname}</span></a>`;
      })
}
</div>
</li>`;
}

const CHANGES = [
  ['rename', 'Rename'],
  ['rotate', 'Rotate secret'],
  ['remove', 'Remove'],
] as const;

function health({ refused, permissions, kind }: Credential): Html {
  if (refused) {
    const code = refused.code === null ? null : html`, code ${refused.code}`;
    const remedy = kind === 'authorization_code' ? 'rotate it, or connect the app again' : 'rotate it';
    return html`<span class="bad">Twilio has refused the secret since ${time(refused.at)}${code}: ${remedy}</span>`;
  }
  if (permissions.length === 0) return html`<span class="muted">Never checked</span>`;
  const missing = missingNames(permissions);
  return missing.length === 0
    ? html`<span class="good">OK</span>`
    : html`<span class="bad">Lacks ${missing.join(', ')}</span>`;
}

/** Shows when the permissions were checked: the oldest check, if they differ. */
function checkedAt(permissions: Credential['permissions']): Html | null {
  const times = permissions.map((check) => check.checkedAt.getTime());
  if (times.length === 0) return null;
  return html`<span class="hint">checked ${time(new Date(Math.min(...times)))}</span>`;
}

/** Whether a credential comes from the settings: its id is the client id; a stored one has a random id. */
function isFromSettings({ id, clientId }: Credential): boolean {
  return id === clientId;
}
