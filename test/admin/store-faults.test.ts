import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { noErrors } from '../kit.ts';
import { createManagedKit, type ManagedKit } from '../managed-kit.ts';
import { fillDisk, smallDisk } from '../store/disk.ts';

const CREDENTIALS = '{ credentials { nickname } }';

/** Tries all kinds of change and returns their errors. */
async function changes({ admin, sandbox }: ManagedKit, id: string) {
  const { clientId = '', clientSecret = '' } = sandbox.apps[0] ?? {};
  const input = { nickname: 'another', clientId, clientSecret };
  const results = [
    await admin('mutation($input: AddCredentialInput!) { addCredential(input: $input) { id } }', { input }),
    await admin('mutation($id: ID!) { renameCredential(id: $id, nickname: "new") { id } }', {
      id,
    }),
    await admin('mutation { createApiKey(input: { name: "k", role: ADMIN }) { token } }'),
    await admin('mutation($id: ID!) { removeCredential(id: $id) }', { id }),
  ];
  return results.map(({ errors }) => errors?.[0]);
}

describe('changes by an ADMIN while the database is unavailable', () => {
  test.each<[string, (folder: string) => void]>([
    ['the file was deleted', (folder) => rmSync(join(folder, 'gateway.db'))],
    ['the folder was emptied', (folder) => readdirSync(folder).map((name) => rmSync(join(folder, name)))],
    [
      'the folder was replaced',
      (folder) => {
        renameSync(folder, `${folder}-old`);
        mkdirSync(folder);
        rmSync(`${folder}-old`, { recursive: true });
      },
    ],
  ])('%s: changes fail, reads continue, and /ready reports it', async (_, lose) => {
    const kit = await createManagedKit();
    const id = await kit.addCredential('kept');
    lose(kit.folder);
    for (const error of await changes(kit, id)) {
      expect(error).toMatchObject({
        message: expect.stringMatching(/Nothing was changed\. Restore the database file, or restart/),
        extensions: { code: 'STORE_UNAVAILABLE' },
      });
      expect(error?.message).not.toContain(kit.folder);
    }
    expect(noErrors(await kit.admin(CREDENTIALS)).data.credentials).toEqual([{ nickname: 'kept' }]);
    noErrors(await kit.admin('{ account { sid } }'));
    const ready = await kit.gateway.fetch('http://localhost/ready?require=store');
    expect([ready.status, await ready.json()]).toMatchObject([
      503,
      { components: { store: { state: 'down' } } },
    ]);
  });

  test('a full disk: STORE_UNAVAILABLE until there is space', async ({ skip }) => {
    const folder = smallDisk();
    if (!folder) return skip('no file system can be mounted here');
    const kit = await createManagedKit({ folder });
    const id = await kit.addCredential('kept');
    const free = fillDisk(folder);
    // Small changes may still fit into free pages of the file.
    const errors: unknown[] = [];
    for (let time = 0; time < 30 && errors.length < 3; time += 1) {
      const { errors: found = [] } = await kit.admin(
        `mutation { createApiKey(input: { name: "key ${time}", role: ADMIN }) { token } }`,
      );
      errors.push(...found);
    }
    expect(errors).toHaveLength(3);
    for (const error of errors) {
      expect(error).toMatchObject({
        message: expect.stringMatching(/Nothing was changed\. Free space on the disk/),
        extensions: { code: 'STORE_UNAVAILABLE' },
      });
    }
    free();
    expect(await changes(kit, id)).toEqual([undefined, undefined, undefined, undefined]);
  });
});
