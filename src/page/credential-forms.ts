import type { Credential } from '../credentials/credential.ts';
import { formOf, textField } from './fields.ts';
import { html } from './html.ts';
import type { Problem } from './problem.ts';
import type { PageAnswer } from './visit.ts';

export const NICKNAME = {
  name: 'nickname',
  label: 'Nickname',
  maxLength: 64,
  hint: 'What people and programs call it, e.g. in the header X-Twilio-Credential.',
};

export const SECRET = { name: 'clientSecret', label: 'Client secret', type: 'secret' } as const;

export function renamePage(
  { id, nickname }: Credential,
  typed: string = nickname,
  problem: Problem | null = null,
): PageAnswer {
  return {
    status: problem?.status ?? 200,
    title: `Rename ${nickname}`,
    content: (context) => html`
<p>Programs that name this credential "${nickname}" must use the new nickname from then on.</p>
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

export function rotatePage(
  { id, nickname, clientId }: Credential,
  problem: Problem | null = null,
): PageAnswer {
  return {
    status: problem?.status ?? 200,
    title: `Rotate the secret of ${nickname}`,
    content: (context) => html`
<p>Make a new secret for the OAuth app <code>${clientId}</code> in the Twilio Console and paste it here. It is tried
first: one that Twilio refuses leaves the old one in place. Requests under way finish.</p>
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
): PageAnswer {
  return {
    status: problem?.status ?? 200,
    title: `Remove ${nickname}?`,
    content: (context) => html`
<p>The gateway will no longer read account <code>${accountSid}</code> with it, and every API key loses it. Its secret is
deleted here; the OAuth app at Twilio stays.</p>
${formOf({ action: '/credentials/remove', submit: `Remove ${nickname}`, danger: true, hidden: { id }, problem }, context)}`,
  };
}
