import { gatewayError } from '../errors/gateway-error.ts';
import type { GraphqlParams } from '../graphql/trusted-documents.ts';

/**
 * Reads the GraphQL request in a JSON body.
 *
 * @throws {BAD_REQUEST} {BATCH_TOO_LARGE}
 * @see https://graphql.github.io/graphql-over-http/draft/#sec-Request-Parameters
 */
export function paramsOfBody(text: string): GraphqlParams {
  const body = parseJson(text);
  if (Array.isArray(body)) throw gatewayError('BATCH_TOO_LARGE', body.length);
  if (typeof body !== 'object' || body === null) throw gatewayError('BAD_REQUEST', 'body');
  return body;
}

/**
 * Reads the GraphQL request in the query of a GET's URL.
 *
 * @throws {BAD_REQUEST} for variables or extensions that are not JSON
 */
export function paramsOfUrl(url: string): GraphqlParams {
  const { searchParams } = new URL(url);
  const text = (name: string) => searchParams.get(name) ?? undefined;
  const json = (name: string) => {
    const value = text(name);
    if (value === undefined || value === '') return undefined;
    const parsed = parseJson(value);
    if (parsed === undefined) throw gatewayError('BAD_REQUEST', 'parameters');
    return parsed as Record<string, unknown>;
  };
  const params: Record<string, unknown> = {
    query: text('query'),
    documentId: text('documentId'),
    operationName: text('operationName'),
    variables: json('variables'),
    extensions: json('extensions'),
  };
  for (const name of Object.keys(params)) if (params[name] === undefined) delete params[name];
  return params;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
