import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Vite would take graphql's ES module build for our sources and Node its CommonJS one for yoga: two
  // copies whose errors do not know one another. Node itself only ever loads this one.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  // Most tests wait for sockets and processes rather than compute, so that two at once share a core well.
  test: { include: ['test/**/*.test.ts'], testTimeout: 20_000, maxWorkers: 2 },
});
