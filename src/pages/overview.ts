import { html } from 'hono/html';
import { reachesNothing } from '../admin/api-keys.ts';
import { describeFieldPolicy } from '../policy/field-policy.ts';
import type { ApiKey, Credential } from '../store/records.ts';
import type { PageApp, PagesOptions } from './context.ts';
import { credentialCard } from './credential-card.ts';
import { type Html, page, time } from './page.ts';

/** Adds the page that lists all credentials and API keys. */
export function routeOverview(
  app: PageApp,
  { store, admin, now, accountName, isSandbox }: PagesOptions,
): void {
  app.get('/credentials', async (c) => {
    const credentials = await store.list();
    const names = await Promise.all(
      credentials.map((credential) => accountName(credential).catch(() => null)),
    );
    const keys = await admin.apiKeys.list(c.var.actor);
    return page(
      c,
      { title: 'Credentials and API keys' },
      html`
<p>A credential gives this gateway access to one Twilio account. An API key gives a program access to this gateway.
The <a href="/credentials/audit">audit</a> tells who changed what.</p>
<section aria-labelledby="credentials">
<div class="section"><h2 id="credentials">Credentials</h2>
<a href="/credentials/connect">Connect an organization app (consent)</a>
<a class="button" href="/credentials/add">Add a credential</a></div>
${cards(credentials.map((credential, index) => credentialCard(c, credential, { name: names[index] ?? null, isSandbox })))}
</section>
<section aria-labelledby="keys">
<div class="section"><h2 id="keys">API keys</h2>
<a class="button" href="/credentials/keys/create">Create an API key</a></div>
${cards(keys.map((key) => apiKeyCard(key, credentials, now())))}
</section>`,
    );
  });
}

function cards(items: readonly Html[]): Html {
  return items.length > 0 ? html`<ul class="cards">${items}</ul>` : html`<p class="muted">None yet.</p>`;
}

/** Shows one API key, without its token, which is not stored. */
function apiKeyCard(key: ApiKey, credentials: readonly Credential[], now: number): Html {
  const { id, name, role, credentialIds, fieldPolicy, dateCreated, dateExpires, dateLastUsed } = key;
  const isExpired = dateExpires !== null && dateExpires.getTime() <= now;
  const usable = credentials.filter((credential) => credentialIds.includes(credential.id));
  const nicknames = usable.map(({ nickname }) => nickname).join(', ');
  return html`<li class="card">
<div class="title"><h3>${name}</h3><span class="tag">${role}</span></div>
<dl>
<dt>Credentials</dt><dd>${role === 'ADMIN' ? 'all' : reachesNothing(key, credentials) ? html`<span class="bad">none: this key can read nothing</span>` : nicknames}</dd>
<dt>Shows</dt><dd>${describeFieldPolicy(fieldPolicy)}</dd>
<dt>Created</dt><dd>${time(dateCreated)}</dd>
<dt>Expires</dt><dd>${dateExpires ? time(dateExpires) : 'never'}${isExpired ? html` <span class="bad">(expired)</span>` : null}</dd>
<dt>Last used</dt><dd>${dateLastUsed ? time(dateLastUsed) : 'never'}</dd>
</dl>
<div class="actions"><a href="/credentials/keys/edit?${new URLSearchParams({ id })}">Change<span class="unseen"> ${name}</span></a>
<a href="/credentials/keys/revoke?${new URLSearchParams({ id })}">Revoke<span class="unseen"> ${name}</span></a></div>
</li>`;
}
