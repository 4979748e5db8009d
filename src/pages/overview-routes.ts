import type { Admin } from '../admin/admin.ts';
import { explainStoreError } from '../store/explain-store-error.ts';
import type { GatewayStore } from '../store/store.ts';
import { apiKeyCard } from './api-key-card.ts';
import { credentialCard } from './credential-card.ts';
import { type Html, html } from './html.ts';
import type { AdminVisit, Routes } from './visit.ts';

/** The route of the page that lists all credentials and API keys. */
export function overviewRoutes(store: GatewayStore, admin: Admin, now: () => number): Routes<AdminVisit> {
  return {
    '/credentials': {
      async GET({ actor }) {
        const credentials = await store.list().catch((error) => {
          throw explainStoreError(error);
        });
        const keys = await admin.apiKeys.list(actor);
        return {
          title: 'Credentials and API keys',
          content: (context) => html`
<p>A credential gives this gateway access to one Twilio account. An API key gives a program access to this gateway.</p>
<section aria-labelledby="credentials">
<div class="section"><h2 id="credentials">Credentials</h2>
<a href="/credentials/connect">Connect an organization app (consent)</a>
<a class="button" href="/credentials/add">Add a credential</a></div>
${list(
  credentials.map((credential) => credentialCard(credential, context)),
  'None yet.',
)}
</section>
<section aria-labelledby="keys">
<div class="section"><h2 id="keys">API keys</h2>
<a class="button" href="/credentials/keys/create">Create an API key</a></div>
${list(
  keys.map((key) => apiKeyCard(key, credentials, now())),
  'None yet.',
)}
</section>`,
        };
      },
    },
  };
}

function list(cards: readonly Html[], none: string): Html {
  return cards.length > 0 ? html`<ul class="cards">${cards}</ul>` : html`<p class="muted">${none}</p>`;
}
