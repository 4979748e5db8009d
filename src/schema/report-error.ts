import { type GraphQLResolveInfo, locatedError, responsePathAsArray } from 'graphql';
import type { GatewayContext } from '../context.ts';

/**
 * Resolves a non-null list. If it cannot be read, it is empty and the error is added to the response: otherwise GraphQL
 * would make the parent null, and at the root all of `data`.
 */
export async function listOrReport<T>(
  read: () => Promise<readonly T[]>,
  { reported }: Pick<GatewayContext, 'reported'>,
  info: GraphQLResolveInfo,
): Promise<T[]> {
  try {
    return [...(await read())];
  } catch (error) {
    reported.push(locatedError(error, info.fieldNodes, responsePathAsArray(info.path)));
    return [];
  }
}
