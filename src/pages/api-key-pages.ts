import type { Role } from '../auth/caller.ts';
import type { ApiKey } from '../store/api-key.ts';
import type { Credential } from '../store/credential.ts';
import { choiceField, formOf, textField } from './fields.ts';
import { html } from './html.ts';
import type { Problem } from './problem.ts';
import type { PageView } from './visit.ts';

/** The values entered in the form. */
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
  { value: 'ADMIN', label: 'ADMIN: reads with all credentials and manages them' },
];

export function createPage(
  credentials: readonly Credential[],
  typed: TypedKey = NOTHING,
  problem: Problem | null = null,
): PageView {
  const name = {
    name: 'name',
    label: 'Name',
    hint: 'The program or person that will use the key.',
    value: typed.name,
    maxLength: 64,
  };
  const expires = {
    name: 'dateExpires',
    label: 'Expires after',
    type: 'date',
    hint: 'The last day on which the key is valid, in UTC.',
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
      hint: choices.length > 0 ? 'The credentials a READER may use.' : 'There are none yet.',
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

/** Shows a new key; the only page that contains the token. */
export function createdPage({ name, role }: ApiKey, token: string): PageView {
  return {
    title: `The API key ${name}`,
    content: () => html`
<p class="note">Copy the key now. It is shown only once: the gateway stores only its hash.</p>
<p><code class="token">${token}</code></p>
<p>Programs send it in the header <code>Authorization: Bearer …</code></p>
${role === 'ADMIN' ? html`<p>You can log in here with this key. A gateway with an ADMIN key requires a key for every request.</p>` : null}
<p><a class="button" href="/credentials">I have copied it</a></p>`,
  };
}

export function revokePage({ id, name, role }: ApiKey, problem: Problem | null = null): PageView {
  return {
    status: problem?.status ?? 200,
    title: `Revoke ${name}?`,
    content: (context) => html`
<p>All gateways will reject requests with this key. This cannot be undone.</p>
${role === 'ADMIN' ? html`<p>Sessions on this page that use the key will end.</p>` : null}
${formOf({ action: '/credentials/keys/revoke', submit: `Revoke ${name}`, danger: true, hidden: { id }, problem }, context)}`,
  };
}
