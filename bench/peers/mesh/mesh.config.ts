import { defineConfig } from '@graphql-mesh/compose-cli';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';

/** Twilio's five reads from its OpenAPI document, and the link that the workloads follow. */
export const composeConfig = defineConfig({
  subgraphs: [
    {
      sourceHandler: loadOpenAPISubgraph('Twilio', {
        source: './twilio.openapi.json',
        endpoint: '{env.UPSTREAM_URL}',
        operationHeaders: { authorization: 'Bearer {env.UPSTREAM_TOKEN}' },
      }),
    },
  ],
  additionalTypeDefs: /* GraphQL */ `
    extend type Message {
      account: Account
        @resolveTo(
          sourceName: "Twilio"
          sourceTypeName: "Query"
          sourceFieldName: "FetchAccount"
          requiredSelectionSet: "{ account_sid }"
          sourceArgs: { Sid: "{root.account_sid}" }
        )
    }
  `,
});
