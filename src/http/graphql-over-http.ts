import { type Accept, parseAccept } from 'hono/utils/accept';
import { gatewayError } from '../errors/gateway-error.ts';
import type { GraphqlParams } from '../graphql/trusted-documents.ts';

/**
 * A page cannot make a browser send this without a preflight, as it can forms and plain text. Media types are
 * case-insensitive.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1
 */
const JSON_TYPE = /^application\/(?:graphql\+)?json\s*(?=;|$)/i;

export function isJsonType(contentType: string): boolean {
  return JSON_TYPE.test(contentType);
}

/** The media types of responses; the first is the default. */
const SERVED = ['application/json', 'application/graphql-response+json'] as const;

/**
 * Chooses the media type of the response: the greatest weight, then the order of the header. Null if the client accepts
 * neither in UTF-8. Hono's `accepts` knows no charset and always has a default.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
 */
export function chooseType(accept: string | null): (typeof SERVED)[number] | null {
  const ranges = parseAccept((accept ?? '').toLowerCase());
  if (ranges.length === 0) return SERVED[0];
  // The most specific range decides, even where a wildcard has a greater weight: that is how one type is excluded.
  const indexOf = (type: string) =>
    [type, 'application/*', '*/*', '*']
      .map((name) => ranges.findIndex((range) => range.type === name && isUtf8(range)))
      .find((index) => index >= 0);
  let best: number | undefined;
  let chosen: (typeof SERVED)[number] | null = null;
  for (const type of SERVED) {
    const index = indexOf(type);
    // The ranges are sorted by weight.
    if (index === undefined || ranges[index]?.q === 0 || (best !== undefined && index >= best)) continue;
    best = index;
    chosen = type;
  }
  return chosen;
}

const isUtf8 = ({ params: { charset = 'utf-8' } }: Accept) => charset === 'utf-8';

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
    if (!value) return undefined;
    const parsed = parseJson(value);
    if (parsed === undefined) throw gatewayError('BAD_REQUEST', 'parameters');
    return parsed as Record<string, unknown>;
  };
  const params = {
    query: text('query'),
    documentId: text('documentId'),
    doc_id: text('doc_id'),
    operationName: text('operationName'),
    variables: json('variables'),
    extensions: json('extensions'),
  };
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
