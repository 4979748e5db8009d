import { html } from 'hono/html';
import { type AddInput, checkNickname } from '../admin/credentials.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import type { PageApp, PageContext, PagesOptions } from './context.ts';
import { missingNames, permissionList } from './credential-card.ts';
import { CLIENT_ID, NICKNAME, SECRET } from './credentials.ts';
import { type Field, formOf, routeForm, textOf } from './form.ts';
import { errorPage, page, problemOf, toList } from './page.ts';

const REVIEW_MS = 10 * 60 * 1000;

const FIELDS: readonly Field[] = [
  NICKNAME,
  CLIENT_ID,
  { ...SECRET, hint: 'It is stored sealed and never shown again.' },
  {
    name: 'accountSid',
    label: 'Account SID',
    hint: 'Only needed if Twilio’s access token does not name its account.',
    required: false,
    maxLength: 64,
  },
];

/**
 * Adds the pages to add a credential in two steps: check, then approve the result.
 *
 * Between the steps, the secret must neither be stored nor be readable in the page. It is sealed in a hidden field, which
 * opens only in the same session, for 10 minutes. Memory of this process would not work, because the next request may
 * reach another gateway behind the same port. The reviewed account is sealed too, so that no other one is stored.
 */
export function routeAddCredential(app: PageApp, { store, admin: { credentials } }: PagesOptions): void {
  const showForm = routeForm(app, {
    path: '/credentials/add',
    action: '/credentials/check',
    find: async () => null,
    view: () => ({
      title: 'Add a credential',
      intro: html`
<p>The client id and secret are checked with Twilio first; nothing is stored until you approve the result.</p>
<p>This is for the OAuth app of an account. <a href="/credentials/connect">Connect</a> an organization's app instead.</p>`,
      submit: 'Check',
      fields: FIELDS,
    }),
    async act(c) {
      return review(c, {
        nickname: textOf(c, 'nickname'),
        clientId: textOf(c, 'clientId'),
        clientSecret: textOf(c, 'clientSecret'),
        accountSid: textOf(c, 'accountSid') || null,
      });
    },
  });

  async function review(c: PageContext, input: AddInput): Promise<Response> {
    const { seal, session } = c.env;
    const { nickname, clientId } = input;
    // Would otherwise fail after the approval.
    const key = checkNickname(nickname).toLowerCase();
    const isTaken = (await store.list()).some((one) => one.nickname.toLowerCase() === key);
    if (isTaken) throw gatewayError('NICKNAME_TAKEN', nickname);
    const found = await credentials.check(c.var.actor, input);
    const { accountSid, accountFriendlyName, permissions } = found;
    const missing = missingNames(permissions);
    const reviewed = seal.seal({ ...input, accountSid }, 'review', session.id, REVIEW_MS);
    return page(
      c,
      { title: `Review ${nickname}` },
      html`
<p>Twilio accepts this client id and secret. Nothing is stored yet.</p>
<div class="card fields"><dl>
<dt>Nickname</dt><dd>${nickname}</dd>
<dt>Account SID</dt><dd><code>${accountSid}</code></dd>
<dt>Friendly name</dt><dd>${accountFriendlyName ?? html`<span class="muted">not readable</span>`}</dd>
<dt>Client id</dt><dd><code>${clientId}</code></dd>
<dt>Permissions</dt><dd>${permissionList(permissions)}</dd>
</dl></div>
${missing.length === 0 ? null : html`<p class="problem">Reads that need ${missing.join(', ')} will fail until it is granted to the OAuth app in the Twilio Console. You can store it now and recheck later.</p>`}
${formOf(c, { action: '/credentials/add', submit: 'Approve and store', hidden: { reviewed } })}`,
    );
  }

  app.post('/credentials/add', async (c) => {
    const { seal, session } = c.env;
    const reviewed = seal.open(textOf(c, 'reviewed'), 'review', session.id) as AddInput | null;
    if (!reviewed) return errorPage(c, 422, 'This review is too old', TOO_OLD);
    try {
      const { nickname } = await credentials.add(c.var.actor, reviewed);
      return toList(c, `"${nickname}" was added.`);
    } catch (error) {
      const { nickname, clientId, accountSid } = reviewed;
      const values = new URLSearchParams({ nickname, clientId, accountSid: accountSid ?? '' });
      return showForm(c, null, problemOf(error), values);
    }
  });
}

const TOO_OLD = 'Nothing was stored. A review must be approved within 10 minutes. Start again.';
