import { expect, test } from 'vitest';
import { createFixedStore } from '../../src/store/fixed-store.ts';
import { createKit } from '../kit.ts';
import { createManagedKit } from '../managed-kit.ts';

const READS = ['{ messages { nodes { sid } } }', '{ account { sid } }', '{ credential { nickname } }'];

test('without any credential, an ADMIN is told to add one, and the error does not mention the header', async () => {
  const kit = createKit({ store: createFixedStore([]) });
  for (const query of READS) {
    for (let count = 0; count < 4; count += 1) {
      const { errors } = await kit.query(query);
      expect(errors).toMatchObject([{ extensions: { code: 'CREDENTIAL_MISSING' } }]);
      expect(errors?.[0]?.extensions.argument).toBeUndefined();
      expect(errors?.[0]?.message).toMatch(/no credential yet.*Add/i);
      expect(errors?.[0]?.message).not.toContain('""');
    }
  }
});

test('a READER without credentials is told to ask an ADMIN for one', async () => {
  const kit = await createManagedKit();
  await kit.addCredential('desk');
  const { authorization } = await kit.readerKey([]);
  for (const query of READS) {
    const { errors } = await kit.query(query, {}, { authorization });
    expect(errors).toMatchObject([{ extensions: { code: 'CREDENTIAL_MISSING' } }]);
    expect(errors?.[0]?.message).toMatch(/ask an ADMIN/i);
    expect(errors?.[0]?.message).not.toMatch(/OAuth app|""|desk/);
  }
  const named = await kit.query(READS[0] ?? '', {}, { authorization, 'x-twilio-credential': 'desk' });
  expect(named.errors).toMatchObject([
    { extensions: { code: 'CREDENTIAL_UNKNOWN', argument: 'X-Twilio-Credential' } },
  ]);
  expect(named.errors?.[0]?.message).not.toContain('configured');
});

test('without a credential of the account, a READER is told to ask an ADMIN, an ADMIN to create an OAuth app', async () => {
  const kit = await createManagedKit();
  const desk = await kit.addCredential('desk');
  await kit.addCredential('lending', 1);
  const { active, suspended } = kit.sandbox.accounts;
  const { authorization } = await kit.readerKey([desk]);
  const sm = `SM${'0'.repeat(32)}`;
  for (const { sid } of [active, suspended]) {
    for (const query of [
      `{ messages(accountSid: "${sid}") { nodes { sid } } }`,
      `{ message(accountSid: "${sid}", sid: "${sm}") { sid } }`,
    ]) {
      const { errors } = await kit.query(query, {}, { authorization });
      expect(errors).toMatchObject([{ extensions: { code: 'CREDENTIAL_MISSING', accountSid: sid } }]);
      expect(errors?.[0]?.message).toMatch(/ask an ADMIN/i);
      // The error does not reveal whether such a credential exists.
      expect(errors?.[0]?.message).not.toMatch(/create|lending/);
    }
  }
  const { errors } = await kit.admin(`{ messages(accountSid: "${suspended.sid}") { nodes { sid } } }`);
  expect(errors?.[0]?.message).toContain(`create one in ${suspended.sid}`);
});
