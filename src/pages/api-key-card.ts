import type { ApiKey } from '../store/api-key.ts';
import type { Credential } from '../store/credential.ts';
import { type Html, html } from './html.ts';
import { time } from './times.ts';

/** Shows one API key of the list, without its token, which is not stored. */
export function apiKeyCard(key: ApiKey, credentials: readonly Credential[], now: number): Html {
  const { id, name, role, dateCreated, dateExpires, dateLastUsed } = key;
  const expired = dateExpires !== null && dateExpires.getTime() <= now;
  return html`<li class="card">
<div class="title"><h3>${name}</h3><span class="tag">${role}</span></div>
<dl>
<dt>Credentials</dt><dd>${reach(key, credentials)}</dd>
<dt>Created</dt><dd>${time(dateCreated)}</dd>
<dt>Expires</dt><dd>${dateExpires ? time(dateExpires) : 'never'}${expired ? html` <span class="bad">(expired)</span>` : null}</dd>
<dt>Last used</dt><dd>${dateLastUsed ? time(dateLastUsed) : 'never'}</dd>
</dl>
<div class="actions"><a href="/credentials/keys/revoke?${new URLSearchParams({ id }).toString()}">Revoke<span class="unseen"> ${name}</span></a></div>
</li>`;
}

function reach({ role, credentialIds }: ApiKey, credentials: readonly Credential[]): string {
  if (role === 'ADMIN') return 'all';
  const names = credentials.filter(({ id }) => credentialIds.includes(id)).map(({ nickname }) => nickname);
  return names.join(', ') || 'none';
}
