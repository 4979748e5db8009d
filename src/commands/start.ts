import { type Command, command } from './command.ts';

// Each command imports what it needs when it runs.

export const start: Command = {
  name: 'start',
  summary: 'Run the gateway.',
  examples: ['start'],
  options: {},
  async run() {
    const { main } = await import('../main.ts');
    await main();
    return null;
  },
};

export const sandbox: Command = {
  name: 'sandbox',
  summary: 'Run only the Twilio sandbox, on SANDBOX_PORT (4010).',
  examples: ['sandbox'],
  options: {},
  async run(_args, { env, stdout }) {
    const { runSandbox } = await import('../run-sandbox.ts');
    const { orExit, stopSignal } = await import('../main.ts');
    await orExit(() => runSandbox(env, (text) => stdout.write(text), stopSignal));
    return null;
  },
};

export const schema = command({
  name: 'schema',
  summary: 'Print the GraphQL schema.',
  details: 'With --json, print the result of the introspection query.',
  examples: ['schema > schema.graphql', 'schema --json > schema.json'],
  options: {},
  async run() {
    const { introspectionFromSchema, printSchema } = await import('graphql');
    const { schema } = await import('../schema/index.ts');
    return { json: introspectionFromSchema(schema), text: printSchema(schema) };
  },
});
