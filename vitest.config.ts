import { defineConfig } from 'vitest/config';

/** Left out of `npm run test:fast`: real processes, browsers, PostgreSQL, timeouts that are waited for, and searches. */
const SLOW = [
  'test/abuse/upstream-faults.test.ts',
  'test/auth/oauth.test.ts',
  'test/{cli,consent,deploy,e2e,faults,fuzz,hostile,supply}/**',
  'test/store/{postgres,sqlite}-*.test.ts',
  'test/docs/{error-codes,examples,first-hour,graphiql,pages}.test.ts',
  'test/graphql/prepared-operation.test.ts',
  'test/history/{postgres,sqlite}-*.test.ts',
  'test/http/{deadline,graphiql,rate,slow-clients}*.test.ts',
  'test/http/admission/admission.test.ts',
  'test/pages/{login,story}.test.ts',
  'test/policy/leak.test.ts',
  'test/twilio/transport/{dispatch,response-cache,retry}.test.ts',
  'test/security/{regular-expressions,secrets,ssrf}.test.ts',
];

export default defineConfig(({ mode }) => ({
  // Vite would take graphql's ES module build for our sources and Node its CommonJS one for yoga: two
  // copies whose errors do not know one another. Node itself only ever loads this one.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  // Most tests wait for sockets and processes rather than compute, so that two at once share a core well.
  test: {
    include: ['test/**/*.test.ts'],
    exclude: mode === 'fast' ? SLOW : [],
    testTimeout: 20_000,
    // Browsers and processes may be late once where others use the machine, too. A test that fails twice fails.
    retry: 1,
    // A second, the default, is short for a machine that others use, too.
    expect: { poll: { timeout: 10_000 } },
    maxWorkers: 2,
  },
}));
