import type { CredentialCheck } from '../admin/check-credential.ts';
import type { AddInput } from '../admin/credentials.ts';
import { NICKNAME, SECRET } from './credential-forms.ts';
import { formOf, textField } from './fields.ts';
import { html } from './html.ts';
import { missingNames, permissionList } from './permission-list.ts';
import type { Problem } from './problem.ts';
import type { PageView } from './visit.ts';

/** The values entered in the form, without the secret. */
export type Typed = Pick<AddInput, 'nickname' | 'clientId' | 'accountSid'>;

const NOTHING: Typed = { nickname: '', clientId: '' };

export const CLIENT_ID = {
  name: 'clientId',
  label: 'Client id',
  maxLength: 64,
  hint: '“OQ” and 32 hexadecimal digits, from the OAuth app in the Twilio Console.',
};

export function addPage(typed: Typed = NOTHING, problem: Problem | null = null): PageView {
  const fields = [
    textField({ ...NICKNAME, value: typed.nickname }, problem),
    textField({ ...CLIENT_ID, value: typed.clientId }, problem),
    textField({ ...SECRET, hint: 'It is stored sealed and never shown again.' }, problem),
    textField(
      {
        name: 'accountSid',
        label: 'Account SID',
        hint: 'Only needed if Twilio’s access token does not name its account.',
        value: typed.accountSid ?? '',
        required: false,
        maxLength: 64,
      },
      problem,
    ),
  ];
  return {
    status: problem?.status ?? 200,
    title: 'Add a credential',
    content: (context) => html`
<p>The client id and secret are checked with Twilio first; nothing is stored until you approve the result.</p>
${formOf({ action: '/credentials/check', submit: 'Check', fields, problem }, context)}`,
  };
}

export function reviewPage(
  { nickname, clientId }: Typed,
  { accountSid, accountFriendlyName, permissions }: CredentialCheck,
  sealed: string,
): PageView {
  const missing = missingNames(permissions);
  return {
    title: `Review ${nickname}`,
    content: (context) => html`
<p>Twilio accepts this client id and secret. Nothing is stored yet.</p>
<div class="card fields"><dl>
<dt>Nickname</dt><dd>${nickname}</dd>
<dt>Account SID</dt><dd><code>${accountSid}</code></dd>
<dt>Friendly name</dt><dd>${accountFriendlyName ?? html`<span class="muted">not readable</span>`}</dd>
<dt>Client id</dt><dd><code>${clientId}</code></dd>
<dt>Permissions</dt><dd>${permissionList(permissions)}</dd>
</dl></div>
${missing.length === 0 ? null : html`<p class="problem">Reads that need ${missing.join(', ')} will fail until it is granted to the OAuth app in the Twilio Console. You can store it now and recheck later.</p>`}
${formOf({ action: '/credentials/add', submit: 'Approve and store', hidden: { reviewed: sealed } }, context)}`,
  };
}
