import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { noErrors } from '../kit.ts';
import { ADMIN_KEY, createManagedKit } from '../managed-kit.ts';

test('planted secrets are in no database file, log line, response or error', async () => {
  const kit = await createManagedKit();
  const [parent, lending] = kit.sandbox.apps;
  const wrong = 'planted-wrong-secret-0123456789';
  const answers: unknown[] = [];
  const admin = async (query: string, variables: object = {}) => {
    const answer = await kit.admin(query, variables);
    answers.push(answer);
    return answer;
  };

  const id = await kit.addCredential('desk');
  await kit.addCredential('lending', 1);
  await admin('mutation($i: AddCredentialInput!) { addCredential(input: $i) { id } }', {
    i: { nickname: 'bad', clientId: parent?.clientId, clientSecret: wrong },
  });
  await admin('mutation($i: CheckCredentialInput!) { checkCredential(input: $i) { accountSid } }', {
    i: { clientId: lending?.clientId, clientSecret: lending?.clientSecret },
  });
  const rotated = kit.sandbox.rotateSecret(parent?.clientId ?? '');
  await admin(
    'mutation($id: ID!, $s: String!) { rotateCredentialSecret(id: $id, clientSecret: $s) { id } }',
    {
      id,
      s: rotated,
    },
  );
  await admin('mutation($id: ID!, $s: Int!) { rotateCredentialSecret(id: $id, clientSecret: $s) { id } }', {
    id,
    s: wrong,
  });
  const { authorization } = await kit.readerKey([id]);
  const apiToken = authorization.slice('Bearer '.length);
  answers.push(await kit.query('{ viewer { name } account { sid } }', {}, { authorization }));
  answers.push(await kit.query('{ viewer { name } }', {}, { authorization: `Bearer ${wrong}` }));
  await admin(
    '{ credentials { id nickname clientId refusedAt permissions { granted } } apiKeys { id name dateLastUsed } }',
  );
  kit.sandbox.revokeTokens();
  kit.sandbox.rotateSecret(parent?.clientId ?? '');
  await admin('{ account { sid } }');
  noErrors(await kit.admin('mutation($id: ID!) { removeCredential(id: $id) }', { id }));

  const files = readdirSync(kit.folder).map((name) => readFileSync(join(kit.folder, name), 'latin1'));
  const places = { files: files.join(''), log: kit.lines.join(''), answers: JSON.stringify(answers) };
  expect(places.files).toContain('lending');
  expect(places.log).toContain('credential.add');
  expect(places.answers).toContain('CREDENTIAL_REFUSED');
  const secrets = [parent?.clientSecret, lending?.clientSecret, rotated, wrong, apiToken, ADMIN_KEY];
  for (const [place, text] of Object.entries(places)) {
    const found = secrets.flatMap((secret, index) =>
      secret && text.includes(secret) ? [`${place}: ${index}`] : [],
    );
    expect(found).toEqual([]);
    expect([place, /eyJ[\w-]+\.[\w-]+\./.test(text)]).toEqual([place, false]);
  }
});
