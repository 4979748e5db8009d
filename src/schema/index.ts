import './scalars.ts';
import './account.ts';
import './api-key.ts';
import './credential.ts';
import './credential-mutations.ts';
import './message.ts';
import './reads.ts';
import './viewer.ts';
import { builder } from './builder.ts';
import { readPlainly } from './read-plainly.ts';

/** The executable schema; `schema.graphql` at the root of the project is its printed form. */
export const schema = readPlainly(builder.toSchema({ sortSchema: false }));
