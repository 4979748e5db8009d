import { parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../src/schema/index.ts';
import { createKit, noErrors } from '../kit.ts';
import { createManagedKit } from '../managed-kit.ts';

const ROOT = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
  Object.values(type?.getFields() ?? {}),
);

test.each(ROOT.map((field) => [field.name, field.description ?? '']))(
  'the description of %s has an example that the schema accepts',
  (name, description) => {
    const example = /Example: `([^`]+)`$/.exec(description)?.[1] ?? '';
    expect(example).toContain(name);
    expect(validate(schema, parse(example))).toEqual([]);
  },
);

test('the schema describes itself', () => {
  expect(schema.description).toContain('read-only');
});

describe('a query for a field of the items of a list', () => {
  test('gets told where they are', async () => {
    const { errors } = await createKit().query('{ messages { sid } }');
    expect(errors?.[0]?.message).toBe(
      'Cannot query field "sid" on type "MessageConnection". Did you mean "nodes { sid }"?',
    );
  });

  test('but not where suggestions are off', async () => {
    const { DEFAULT_HTTP } = await import('../../src/config/limits.ts');
    const kit = createKit({ config: { http: { ...DEFAULT_HTTP, suggestions: false } } });
    const { errors } = await kit.query('{ messages { sid } }');
    expect(errors?.[0]?.message).not.toContain('nodes');
  });
});

test('a media item leads back to its message', async () => {
  const kit = createKit();
  const query =
    '{ messages(first: 3, filter: { hasMedia: true }) { nodes { sid media { message { sid } } } } }';
  const { data } = noErrors(await kit.query(query));
  for (const { sid, media } of data.messages.nodes) {
    expect(media.length).toBeGreaterThan(0);
    for (const { message } of media) expect(message.sid).toBe(sid);
  }
});

test('a credential says how it works and where it is kept', async () => {
  const query = '{ credentials { kind source dateRefused permissions { dateChecked checkedAt } } }';
  const { data } = noErrors(await createKit().query(query));
  expect(data.credentials[0]).toMatchObject({
    kind: 'CLIENT_CREDENTIALS',
    source: 'SETTINGS',
    dateRefused: null,
  });
  const [{ dateChecked, checkedAt }] = data.credentials[0].permissions;
  expect(dateChecked).toBe(checkedAt);
});

test('mutations take an input, or the arguments of before, but not both', async () => {
  const kit = await createManagedKit();
  const id = await kit.addCredential('desk');
  const rename = (args: string) =>
    kit.admin(`mutation($id: ID!) { renameCredential(${args}) { nickname source } }`, { id });
  expect(noErrors(await rename('input: { id: $id, nickname: "one" }')).data.renameCredential).toEqual({
    nickname: 'one',
    source: 'STORE',
  });
  expect(noErrors(await rename('id: $id, nickname: "two"')).data.renameCredential.nickname).toBe('two');
  for (const args of [
    'id: $id',
    'id: $id, input: { id: $id, nickname: "three" }',
    'nickname: "x", input: { id: $id, nickname: "y" }',
  ]) {
    const { errors } = await rename(args);
    expect(errors?.[0]?.message).toContain('Give "input" with id and nickname');
  }
});
