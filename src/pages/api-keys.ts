import { html } from 'hono/html';
import { reachesNothing } from '../admin/api-keys.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import { type FieldPolicy, SHOW_ALL } from '../policy/field-policy.ts';
import type { ApiKey, Credential } from '../store/records.ts';
import type { PageApp, PagesOptions } from './context.ts';
import { FIELD_POLICY_FIELDS, fieldPolicyValues, submittedFieldPolicy } from './field-policy-fields.ts';
import { type Field, routeForm, textOf } from './form.ts';
import { page, toList } from './page.ts';

const ROLES = [
  { value: 'READER', label: 'READER: reads with the credentials below' },
  { value: 'ADMIN', label: 'ADMIN: reads with all credentials and manages them' },
];

/** The fields of a new key and of one that is changed. */
const fieldsOf = (credentials: readonly Credential[]): Field[] => [
  { name: 'name', label: 'Name', hint: 'The program or person that will use the key.', maxLength: 64 },
  {
    name: 'credential',
    label: 'Credentials',
    type: 'checkbox',
    hint:
      credentials.length > 0
        ? 'The credentials a READER may use. Without any it can read nothing.'
        : 'There are none yet.',
    choices: credentials.map(({ id, nickname }) => ({ value: id, label: nickname })),
  },
  {
    name: 'dateExpires',
    label: 'Expires after',
    type: 'date',
    hint: 'The last day on which the key is valid, in UTC.',
    required: false,
  },
  ...FIELD_POLICY_FIELDS,
];

/** From then on every request needs a key, also those of the page. */
const CLOSES: Field = {
  name: 'close',
  label: 'Close the gateway',
  type: 'checkbox',
  required: false,
  hint: 'Needed for the first ADMIN key only.',
  choices: [
    {
      value: 'yes',
      label: 'From now on every request needs a key, and this page needs a login with an ADMIN key.',
    },
  ],
};

export function routeApiKeys(app: PageApp, { store, callers, admin: { apiKeys } }: PagesOptions): void {
  routeForm(app, {
    path: '/credentials/keys/create',
    find: async () => ({ credentials: await store.list(), isOpen: await callers.isOpen() }),
    view: ({ credentials, isOpen }) => {
      const [name, ...rest] = fieldsOf(credentials);
      const role: Field = { name: 'role', label: 'Role', type: 'radio', choices: ROLES };
      return {
        title: 'Create an API key',
        submit: 'Create',
        fields: [...(name ? [name] : []), role, ...rest, ...(isOpen ? [CLOSES] : [])],
        values: new URLSearchParams([['role', 'READER'], ...fieldPolicyValues(SHOW_ALL)]),
      };
    },
    async act(c) {
      const day = textOf(c, 'dateExpires');
      if (textOf(c, 'role') === 'ADMIN' && (await callers.isOpen()) && textOf(c, 'close') !== 'yes') {
        throw gatewayError(
          'BAD_USER_INPUT',
          'The first ADMIN key closes the gateway: from then on every request needs a key. Confirm it, or create a READER key.',
        );
      }
      const { apiKey, token } = await apiKeys.create(c.var.actor, {
        name: textOf(c, 'name'),
        role: textOf(c, 'role') === 'ADMIN' ? 'ADMIN' : 'READER',
        credentialIds: c.var.form.getAll('credential'),
        dateExpires: day === '' ? null : endOfDay(day),
        fieldPolicy: submittedFieldPolicy(c),
      });
      // The token is only in this response: a redirect would need it in a URL or a cookie.
      return page(
        c,
        { title: `The API key ${apiKey.name}` },
        html`
<p class="note">Copy the key now. It is shown only once: the gateway stores only its hash.</p>
<p><code class="token">${token}</code></p>
<p>Programs send it in the header <code>Authorization: Bearer …</code></p>
${reachesNothing(apiKey, await store.list()) ? html`<p class="problem" role="alert">${USELESS}</p>` : null}
${apiKey.role === 'ADMIN' ? html`<p>You can log in here with this key. A gateway with an ADMIN key requires a key for every request.</p>` : null}
<p><a class="button" href="/credentials">I have copied it</a></p>`,
      );
    },
  });

  routeForm(app, {
    path: '/credentials/keys/edit',
    async find(c, id) {
      const key = (await apiKeys.list(c.var.actor)).find((one) => one.id === id);
      if (!key) throw gatewayError('NOT_FOUND', 'API key');
      return { key, credentials: await store.list() };
    },
    view({ key, credentials }, c) {
      const fields = fieldsOf(credentials).filter(
        ({ name }) => key.role !== 'ADMIN' || name !== 'credential',
      );
      const values = valuesOf(key);
      // The values as they were shown: what the form does not change must stay, also if another admin changed it meanwhile.
      const shown = fields.map(({ name }): [string, string] => [
        `${name}-shown`,
        c.var.form?.get(`${name}-shown`) ?? joined(values, name),
      ]);
      return {
        title: `Change ${key.name}`,
        intro: html`<p>The token stays as it is.</p>`,
        submit: 'Save',
        hidden: { id: key.id, ...Object.fromEntries(shown) },
        fields,
        values,
      };
    },
    async act(c, { key, credentials }) {
      const { form } = c.var;
      const isChanged = (name: string) => joined(form, name) !== form.get(`${name}-shown`);
      const day = textOf(c, 'dateExpires');
      const changed = await apiKeys.update(c.var.actor, key.id, {
        ...(isChanged('name') && { name: textOf(c, 'name') }),
        ...(key.role !== 'ADMIN' && isChanged('credential') && { credentialIds: form.getAll('credential') }),
        ...(isChanged('dateExpires') && { dateExpires: day === '' ? null : endOfDay(day) }),
        ...(POLICY.some(isChanged) && {
          fieldPolicy: changedPolicy(key.fieldPolicy, submittedFieldPolicy(c), isChanged),
        }),
      });
      const failed = reachesNothing(changed, credentials);
      return toList(c, `The API key "${changed.name}" was changed.${failed ? ` ${USELESS}` : ''}`, {
        failed,
      });
    },
  });

  routeForm(app, {
    path: '/credentials/keys/revoke',
    async find(c, id) {
      const key = (await apiKeys.list(c.var.actor)).find((one) => one.id === id);
      if (!key) throw gatewayError('NOT_FOUND', 'API key');
      return key;
    },
    view: ({ id, name, role }) => ({
      title: `Revoke ${name}?`,
      intro: html`
<p>All gateways will reject requests with this key. This cannot be undone.</p>
${role === 'ADMIN' ? html`<p>Sessions on this page that use the key will end.</p>` : null}`,
      submit: `Revoke ${name}`,
      danger: true,
      hidden: { id },
    }),
    async act(c, { id, name }) {
      await apiKeys.revoke(c.var.actor, id);
      return toList(c, `The API key "${name}" was revoked.`);
    },
  });
}

const USELESS = 'It may use no credential, so it can read nothing. Change it and choose one.';

/** The values of a key in its form. */
function valuesOf({ name, credentialIds, dateExpires, fieldPolicy }: ApiKey): URLSearchParams {
  return new URLSearchParams([
    ['name', name],
    ...credentialIds.map((id): [string, string] => ['credential', id]),
    ['dateExpires', dateExpires?.toISOString().slice(0, 10) ?? ''],
    ...fieldPolicyValues(fieldPolicy),
  ]);
}

const POLICY = ['bodies', 'addresses', 'media'] as const;

function changedPolicy(
  before: FieldPolicy,
  after: FieldPolicy,
  isChanged: (name: string) => boolean,
): FieldPolicy {
  const { bodies, addresses, media } = before;
  return {
    bodies: isChanged('bodies') ? after.bodies : bodies,
    addresses: isChanged('addresses') ? after.addresses : addresses,
    media: isChanged('media') ? after.media : media,
  };
}

/** All values of a field as one text, to compare them. */
const joined = (values: URLSearchParams, name: string): string => values.getAll(name).sort().join(' ');

/** Returns the last instant of a day, in UTC. @throws {BAD_USER_INPUT} for an invalid day */
function endOfDay(day: string): Date {
  const end = new Date(`${day}T23:59:59.999Z`);
  // Date turns the 30th of February into the 2nd of March.
  if (!Number.isNaN(end.getTime()) && end.toISOString().startsWith(day)) return end;
  throw gatewayError('BAD_USER_INPUT', 'This is not a date. Write it as 2030-12-31.', 'dateExpires');
}
