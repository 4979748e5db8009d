import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import useDeduplicateRequest from '@graphql-mesh/plugin-deduplicate-request';
import { PORT } from './environment.ts';

/** Hive Gateway with GraphQL Mesh's supergraph of an OpenAPI document; see mesh/mesh.config.ts. */
const gateway = createGatewayRuntime({
  supergraph: readFileSync(join(import.meta.dirname, 'mesh/supergraph.graphql'), 'utf8'),
  logging: false,
  graphiql: false,
  landingPage: false,
  // Without it, every message of a list would read its account again.
  plugins: () => [useDeduplicateRequest()],
});

createServer(gateway).listen(PORT, '127.0.0.1');
