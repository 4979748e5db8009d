import type { Credential } from '../store/credential.ts';
import { formOf, textField } from './fields.ts';
import { html } from './html.ts';
import type { Problem } from './problem.ts';
import type { PageView } from './visit.ts';

export const NICKNAME = {
  name: 'nickname',
  label: 'Nickname',
  maxLength: 64,
  hint: 'The name of the credential, e.g. for the header X-Twilio-Credential.',
};

export const SECRET = { name: 'clientSecret', label: 'Client secret', type: 'secret' } as const;

export function renamePage(
  { id, nickname }: Credential,
  typed: string = nickname,
  problem: Problem | null = null,
): PageView {
  return {
    status: problem?.status ?? 200,
    title: `Rename ${nickname}`,
    content: (context) => html`
<p>Programs that use the nickname "${nickname}" must then use the new one.</p>
${formOf(
  {
    action: '/credentials/rename',
    submit: 'Rename',
    hidden: { id },
    fields: [textField({ ...NICKNAME, value: typed }, problem)],
    problem,
  },
  context,
)}`,
  };
}

export function rotatePage({ id, nickname, clientId }: Credential, problem: Problem | null = null): PageView {
  return {
    status: problem?.status ?? 200,
    title: `Rotate the secret of ${nickname}`,
    content: (context) => html`
<p>Create a new secret for the OAuth app <code>${clientId}</code> in the Twilio Console and paste it here. It is checked
first: if Twilio refuses it, the old one stays. Running requests finish.</p>
${formOf(
  {
    action: '/credentials/rotate',
    submit: 'Check and rotate',
    hidden: { id },
    fields: [textField({ ...SECRET, label: 'New client secret' }, problem)],
    problem,
  },
  context,
)}`,
  };
}

export function removePage(
  { id, nickname, accountSid }: Credential,
  problem: Problem | null = null,
): PageView {
  return {
    status: problem?.status ?? 200,
    title: `Remove ${nickname}?`,
    content: (context) => html`
<p>The gateway will no longer read account <code>${accountSid}</code> with this credential, and every API key loses access
to it. The secret is deleted from the gateway; the OAuth app at Twilio remains.</p>
${formOf({ action: '/credentials/remove', submit: `Remove ${nickname}`, danger: true, hidden: { id }, problem }, context)}`,
  };
}
