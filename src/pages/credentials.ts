import { html } from 'hono/html';
import { gatewayError } from '../errors/gateway-error.ts';
import type { Credential } from '../store/records.ts';
import type { PageApp, PageContext, PagesOptions } from './context.ts';
import { type Field, routeForm, textOf } from './form.ts';
import { problemOf, toList } from './page.ts';

export const NICKNAME: Field = {
  name: 'nickname',
  label: 'Nickname',
  maxLength: 64,
  hint: 'The name of the credential, e.g. for the header X-Twilio-Credential.',
};

export const CLIENT_ID: Field = {
  name: 'clientId',
  label: 'Client id',
  maxLength: 64,
  hint: '“OQ” and 32 hexadecimal digits, from the OAuth app in the Twilio Console.',
};

export const SECRET: Field = { name: 'clientSecret', label: 'Client secret', type: 'secret' };

/** Adds the pages to recheck, rename, rotate and remove a credential. */
export function routeCredentials(app: PageApp, { store, admin: { credentials } }: PagesOptions): void {
  async function find(_c: PageContext, id: string): Promise<Credential> {
    const credential = await store.get(id);
    if (!credential) throw gatewayError('NOT_FOUND', 'credential');
    return credential;
  }

  app.post('/credentials/recheck', async (c) => {
    try {
      const { nickname } = await credentials.recheck(c.var.actor, textOf(c, 'id'));
      return toList(c, `Checked "${nickname}".`);
    } catch (error) {
      return toList(c, problemOf(error).message, { failed: true });
    }
  });

  routeForm(app, {
    path: '/credentials/rename',
    find,
    view: ({ id, nickname }) => ({
      title: `Rename ${nickname}`,
      intro: html`
<p>Programs that use the nickname "${nickname}" must then use the new one.</p>`,
      submit: 'Rename',
      hidden: { id },
      fields: [NICKNAME],
      values: new URLSearchParams({ nickname }),
    }),
    async act(c, { id, nickname: before }) {
      const { nickname } = await credentials.rename(c.var.actor, id, textOf(c, 'nickname'));
      return toList(c, `"${before}" is now "${nickname}".`);
    },
  });

  routeForm(app, {
    path: '/credentials/rotate',
    find,
    view: ({ id, nickname, clientId }) => ({
      title: `Rotate the secret of ${nickname}`,
      intro: html`
<p>Create a new secret for the OAuth app <code>${clientId}</code> in the Twilio Console and paste it here. It is checked
first: if Twilio refuses it, the old one stays. Running requests finish.</p>`,
      submit: 'Check and rotate',
      hidden: { id },
      fields: [{ ...SECRET, label: 'New client secret' }],
    }),
    async act(c, { id, nickname }) {
      await credentials.rotate(c.var.actor, id, textOf(c, 'clientSecret'));
      return toList(c, `The secret of "${nickname}" was rotated.`);
    },
  });

  routeForm(app, {
    path: '/credentials/remove',
    find,
    view: ({ id, nickname, accountSid }) => ({
      title: `Remove ${nickname}?`,
      intro: html`
<p>The gateway will no longer read account <code>${accountSid}</code> with this credential, and every API key loses access
to it. The secret is deleted from the gateway; the OAuth app at Twilio remains.</p>`,
      submit: `Remove ${nickname}`,
      danger: true,
      hidden: { id },
    }),
    async act(c, { id, nickname }) {
      await credentials.remove(c.var.actor, id);
      return toList(c, `"${nickname}" was removed.`);
    },
  });
}
