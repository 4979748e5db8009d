/** What a client asks for, where it is in the form nearly all clients use. */
export interface Params {
  readonly query: string;
  /** Asked for by its name, as a trusted document. */
  readonly trusted: boolean;
  readonly operationName: string | undefined;
  readonly variables: Record<string, unknown>;
}

const NAMES = new Set(['query', 'operationName', 'variables', 'documentId']);

/** How yoga's plugin names a known operation to the parser. */
const PERSISTED = '__PERSISTED_OPERATION_';

/** @returns null for anything out of the ordinary, which yoga takes apart and refuses in its own words */
export function parseParams(text: string): Params | null {
  const body = parseJson(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null;
  for (const name in body) if (!NAMES.has(name)) return null;
  const { query, documentId, operationName, variables } = body as Record<string, unknown>;
  if (operationName != null && typeof operationName !== 'string') return null;
  if (variables != null && (typeof variables !== 'object' || Array.isArray(variables))) return null;
  const document = textOf(query, documentId);
  if (document === null) return null;
  return {
    query: document,
    trusted: typeof query !== 'string',
    operationName: operationName ?? undefined,
    variables: (variables ?? {}) as Record<string, unknown>,
  };
}

function textOf(query: unknown, documentId: unknown): string | null {
  if (typeof query === 'string') return documentId == null && !query.startsWith(PERSISTED) ? query : null;
  if (query != null || typeof documentId !== 'string') return null;
  return `${PERSISTED}${documentId}__`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
