import { parentPort } from 'node:worker_threads';
import { makeGraphiql } from './graphiql-files.ts';

const graphiql = await makeGraphiql();
const files = [graphiql.page, ...graphiql.assets.values()];
parentPort?.postMessage(
  graphiql,
  files.map(({ body }) => body.buffer),
);
