import { createSchema, createYoga, type Plugin } from 'graphql-yoga';
import { expect, test } from 'vitest';
import { listen } from '../../src/server/listen.ts';
import { maskHookFaults } from '../../src/server/mask-hook-faults.ts';

const SAID = 'broken at +14155550123';
const broken = () => {
  throw new TypeError(SAID);
};
const laterBroken = async () => broken();

test.each<[string, Plugin]>([
  ['onRequest', { onRequest: broken }],
  ['onRequest, later', { onRequest: laterBroken }],
  ['onResponse', { onResponse: broken }],
  ['onResponse, later', { onResponse: laterBroken }],
])('what %s throws is masked and logged, not answered with its stack', async (_what, plugin) => {
  const logged: unknown[] = [];
  const log = { error: (entry: { err: Error }) => logged.push(entry.err.message) };
  const yoga = createYoga({
    schema: createSchema({ typeDefs: 'type Query { a: Int }' }),
    plugins: [maskHookFaults(plugin, log as never)],
    logging: false,
  });
  const { url, close } = await listen(yoga, '127.0.0.1', 0);
  const response = await fetch(`${url}/graphql?query={a}`);
  const text = await response.text();
  await close(0);
  expect(response.status).toBe(500);
  expect(JSON.parse(text).errors[0].extensions.code).toBe('INTERNAL_SERVER_ERROR');
  expect(text).not.toMatch(/broken|TypeError| at /);
  expect(logged).toEqual([SAID]);
});
