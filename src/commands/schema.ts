import { type Command, JSON_OPTION } from './command.ts';

export const schema: Command = {
  name: 'schema',
  summary: 'Print the GraphQL schema.',
  details: 'With --json, print the result of the introspection query.',
  options: { ...JSON_OPTION },
  async run() {
    const { introspectionFromSchema, printSchema } = await import('graphql');
    const { schema } = await import('../schema/index.ts');
    return { json: introspectionFromSchema(schema), text: printSchema(schema) };
  },
};
