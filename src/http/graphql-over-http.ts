import { parseAccept } from 'hono/utils/accept';
import { gatewayError } from '../errors/gateway-error.ts';
import type { GraphqlParams } from '../graphql/trusted-documents.ts';

/**
 * A page cannot make a browser send this without asking first, as it can forms and plain text. Media types are the
 * same in small and in large letters.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1
 */
const JSON_TYPE = /^application\/(?:graphql\+)?json\s*(?=;|$)/i;

export function isJsonType(contentType: string): boolean {
  return JSON_TYPE.test(contentType);
}

/** The media types of responses; the first one if the client prefers neither. */
const SERVED = ['application/json', 'application/graphql-response+json'] as const;

/**
 * Chooses the media type of the response: the one with the greatest weight, of equal ones the one that is named
 * first. Null where the client accepts neither, in UTF-8 as all responses are.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
 */
export function chooseType(accept: string | null): (typeof SERVED)[number] | null {
  const ranges = rangesOf(accept ?? '');
  if (ranges.length === 0) return SERVED[0];
  let best: { type: (typeof SERVED)[number]; index: number; weight: number } | undefined;
  for (const type of SERVED) {
    // The most specific range decides, even where a wildcard has a greater weight: that is how one type is excluded.
    const index = [type, 'application/*', '*/*']
      .map((name) => ranges.findIndex((range) => range.name === name))
      .find((found) => found >= 0);
    const { weight = 0 } = (index !== undefined && ranges[index]) || {};
    if (index === undefined || weight === 0) continue;
    const isBetter = !best || weight > best.weight || (weight === best.weight && index < best.index);
    if (isBetter) best = { type, index, weight };
  }
  return best?.type ?? null;
}

function rangesOf(accept: string): { name: string; weight: number }[] {
  return parseAccept(accept.toLowerCase()).map(({ type, q, params }) => ({
    name: (params.charset ?? 'utf-8') !== 'utf-8' ? '' : type === '*' ? '*/*' : type,
    weight: q,
  }));
}

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
