import { defineConfig } from 'vitest/config';

/** Left out of `npm run test:fast`: real processes, browsers, PostgreSQL, timeouts that are waited for, and searches. */
const SLOW = [
  'test/abuse/upstream-faults.test.ts',
  'test/auth/oauth.test.ts',
  'test/{cli,consent,deploy,documents,e2e,faults,fuzz,history,hostile,supply}/**/*.test.ts',
  'test/store/{postgres,sqlite}-*.test.ts',
  'test/admin/open-gateway.test.ts',
  'test/calls/walk.test.ts',
  'test/console/{accounts,admin,consent,insights,insights-states,large-text,messages,messages-session,messages-states,oidc,session}.test.ts',
  'test/console/threads{,-copy,-reviewer}.test.ts',
  'test/reads/history.test.ts',
  'test/docs/{browser-auth,error-codes,examples,first-hour,graphiql,pages}.test.ts',
  'test/graphql/prepared-operation.test.ts',
  'test/http/{address,deadline,export,graphiql,media,rate,slow-clients}*.test.ts',
  'test/http/admission/admission.test.ts',
  'test/sign-in/{forgery,login}.test.ts',
  // Adds a resource to the modules' registry.
  'test/toy-resource/*.test.ts',
  'test/policy/leak.test.ts',
  'test/twilio/transport/{dispatch,response-cache,retry}.test.ts',
  'test/security/{misplaced-secrets,regular-expressions,secrets,ssrf}.test.ts',
];

/** Left out of `npm test`, too: what takes half a minute and more, and seldom finds what no other test does. */
const LONG = [
  'test/console/{accounts,insights-states,large-text,messages-session,threads-copy}.test.ts',
  'test/docs/{examples,first-hour}.test.ts',
  'test/e2e/{bundle,call-slots,killed-sync}.test.ts',
  'test/history/database-loss.test.ts',
  'test/hostile/hostile-requests.test.ts',
  'test/http/graphiql-page.test.ts',
  'test/supply/audit.test.ts',
];

/** Random searches that are slow. */
const SEARCHES = [
  'test/fuzz/**/*.test.ts',
  'test/security/ssrf.test.ts',
  'test/calls/walk.test.ts',
  'test/history/{sqlite,postgres}-history.test.ts',
];

/** Shared by all projects. */
const SHARED = {
  testTimeout: 20_000,
  // A second, the default, is short for a machine that others use, too.
  expect: { poll: { timeout: 10_000 } },
};

export default defineConfig({
  // Vite would take graphql's ES module build for our sources and Node its CommonJS one for yoga: two
  // copies whose errors do not know one another. Node itself only ever loads this one.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    // Most tests wait for sockets and processes rather than compute, so that three share two cores well.
    maxWorkers: 3,
    globalSetup: 'test/console/build-console.ts',
    projects: [
      // Without a process for each file, which takes longer than most of these tests.
      {
        extends: true,
        test: { ...SHARED, name: 'fast', include: ['test/**/*.test.ts'], exclude: SLOW, isolate: false },
      },
      // Browsers and processes may be late once where others use the machine, too. A test that fails twice fails.
      {
        extends: true,
        test: { ...SHARED, name: 'slow', include: SLOW, exclude: [...SEARCHES, ...LONG], retry: 1 },
      },
      { extends: true, test: { ...SHARED, name: 'long', include: LONG, retry: 1 } },
      // Never repeated: another seed would hide what one has found.
      { extends: true, test: { ...SHARED, name: 'searches', include: SEARCHES } },
    ],
  },
});
