import { readFileSync } from 'node:fs';
import { type GraphQLArgument, isObjectType, printSchema } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../src/schema/index.ts';

const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
const BUILT_IN = ['Boolean', 'Int', 'String', 'ID', 'Float'];

test('schema.graphql matches the code; update it with "npm run schema"', () => {
  expect(readFileSync('schema.graphql', 'utf8')).toBe(`${printSchema(schema)}\n`);
});

test('every element is described', () => {
  const elements = types
    .filter(({ name }) => !BUILT_IN.includes(name))
    .flatMap((type) => {
      const fields = 'getFields' in type ? Object.values(type.getFields()) : [];
      const values = 'getValues' in type ? type.getValues() : [];
      const args = fields.flatMap((field) =>
        'args' in field
          ? field.args.map((arg: GraphQLArgument) => [
              `${type.name}.${field.name}(${arg.name}:)`,
              arg.description,
            ])
          : [],
      );
      return [
        [type.name, type.description],
        ...[...fields, ...values].map(({ name, description }) => [`${type.name}.${name}`, description]),
        ...args,
      ];
    });
  expect(elements.length).toBeGreaterThan(150);
  expect(elements.filter(([, description]) => !description?.trim()).map(([name]) => name)).toEqual([]);
});

test('a query field that needs the network is nullable, so that one failure does not affect the others', () => {
  const query = schema.getQueryType();
  const required = isObjectType(query)
    ? Object.values(query.getFields()).filter(({ type }) => String(type).endsWith('!'))
    : [];
  // Resolved without the network; nodes has nullable items.
  const local = ['apiKeys', 'credentials', 'nodes', 'thread', 'viewer'];
  expect(required.map(({ name }) => name).sort()).toEqual(local);
});

test('no field returns a secret; only arguments that take one have such names', () => {
  const answered = types
    .filter((type) => isObjectType(type))
    .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`));
  expect(answered.filter((name) => /secret|auth_?token|access_?token|refresh_?token/i.test(name))).toEqual([
    'Mutation.rotateCredentialSecret',
  ]);
});
