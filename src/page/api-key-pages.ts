import type { Role } from '../auth/caller.ts';
import type { ApiKey } from '../credentials/api-key.ts';
import type { Credential } from '../credentials/credential.ts';
import { choiceField, formOf, textField } from './fields.ts';
import { html } from './html.ts';
import type { Problem } from './problem.ts';
import type { PageAnswer } from './visit.ts';

/** As it was typed. */
export interface TypedKey {
  name: string;
  role: Role;
  credentialIds: readonly string[];
  /** `2030-12-31`, or empty. */
  dateExpires: string;
}

const NOTHING: TypedKey = { name: '', role: 'READER', credentialIds: [], dateExpires: '' };

const ROLES = [
  { value: 'READER', label: 'READER: reads with the credentials below' },
  { value: 'ADMIN', label: 'ADMIN: reads with all of them and manages them, here too' },
];

export function createPage(
  credentials: readonly Credential[],
  typed: TypedKey = NOTHING,
  problem: Problem | null = null,
): PageAnswer {
  const name = {
    name: 'name',
    label: 'Name',
    hint: 'Of the program or person it is for.',
    value: typed.name,
    maxLength: 64,
  };
  const expires = {
    name: 'dateExpires',
    label: 'Expires after',
    type: 'date',
    hint: 'The last day it is good for, in UTC.',
    value: typed.dateExpires,
    required: false,
  } as const;
  const choices = credentials.map(({ id, nickname }) => ({ value: id, label: nickname }));
  const fields = [
    textField(name, problem),
    choiceField({ name: 'role', legend: 'Role', type: 'radio', choices: ROLES, chosen: [typed.role] }),
    choiceField({
      name: 'credential',
      legend: 'Credentials',
      type: 'checkbox',
      hint: choices.length > 0 ? 'What a READER may use.' : 'There are none yet.',
      choices,
      chosen: typed.credentialIds,
    }),
    textField(expires, problem),
  ];
  return {
    status: problem?.status ?? 200,
    title: 'Create an API key',
    content: (context) =>
      formOf({ action: '/credentials/keys/create', submit: 'Create', fields, problem }, context),
  };
}

/** The only place where the token ever stands. */
export function createdPage({ name, role }: ApiKey, token: string): PageAnswer {
  return {
    title: `The API key ${name}`,
    content: () => html`
<p class="note">Copy it now. It is shown this once: the gateway keeps its hash only.</p>
<p><code class="token">${token}</code></p>
<p>Programs send it in the header <code>Authorization: Bearer …</code></p>
${role === 'ADMIN' ? html`<p>With it one can log in here. A gateway that has an ADMIN key asks everyone for a key.</p>` : null}
<p><a class="button" href="/credentials">I have copied it</a></p>`,
  };
}

export function revokePage({ id, name, role }: ApiKey, problem: Problem | null = null): PageAnswer {
  return {
    status: problem?.status ?? 200,
    title: `Revoke ${name}?`,
    content: (context) => html`
<p>Programs that use it are refused from then on, on every gateway. It cannot be taken back.</p>
${role === 'ADMIN' ? html`<p>Whoever is logged in here with it is logged out.</p>` : null}
${formOf({ action: '/credentials/keys/revoke', submit: `Revoke ${name}`, danger: true, hidden: { id }, problem }, context)}`,
  };
}
