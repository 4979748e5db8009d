import './scalars.ts';
import './account.ts';
import './api-key.ts';
import './audit.ts';
import './credential.ts';
import './credential-mutations.ts';
import './history.ts';
import './message.ts';
import './reads.ts';
import './status-event.ts';
import './thread.ts';
import './message-stats.ts';
import './usage.ts';
import './trusted-document.ts';
import './viewer.ts';
import { GraphQLSchema, isObjectType } from 'graphql';
import { builder } from './builder.ts';

/** The executable schema; `schema.graphql` at the root of the project is its printed form. */
export const schema = readPlainly(
  new GraphQLSchema({
    ...builder.toSchema({ sortSchema: false }).toConfig(),
    description:
      'Twilio accounts and message history, read-only: messages and accounts as Relay connections, threads, statistics, and what a delivery status means. Begin with `messages`; the items of a list are in `nodes`.',
  }),
);

/**
 * Removes the resolvers of exposed fields. The default resolver reads the same property, and a compiled query inlines
 * it, whereas a resolver costs three closures, its arguments and its path for every field of every message.
 */
export function readPlainly(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.extensions.pothosExposedField === field.name) delete field.resolve;
    }
  }
  return schema;
}
