import { describe, expect, test } from 'vitest';
import { ERRORS, type ErrorEntry, entryOf } from '../../src/errors/catalogue.ts';
import { createKit } from '../kit.ts';
import { errorsOfAllClasses } from './error-classes.ts';
import { codeIn, readDocument, tableUnder } from './markdown.ts';

interface Documented {
  readonly status: string;
  readonly extensions: readonly string[];
}

const table = tableUnder(readDocument('docs/errors.md'), 'Codes');
const documented = new Map<string, Documented>(
  table.map(([code, status = '', extensions = '']) => [
    codeIn(code) ?? '',
    { status, extensions: [...extensions.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? '') },
  ]),
);

/** Codes of the libraries, with a request body that causes each. */
const OF_LIBRARIES: Record<string, string> = {
  GRAPHQL_PARSE_FAILED: '{"query":"{"}',
  GRAPHQL_VALIDATION_FAILED: '{"query":"{ nothing }"}',
  OPERATION_RESOLUTION_FAILURE: '{"query":"query A { __typename } query B { __typename }"}',
  BAD_REQUEST: '{"query":',
};

/** Codes that need a request of their own to be seen. */
const OF_REQUESTS: Record<string, { body: object; trustedDocumentsOnly?: boolean }> = {
  DOCUMENT_NOT_TRUSTED: { body: { query: '{ __typename }' }, trustedDocumentsOnly: true },
  PERSISTED_QUERY_NOT_SUPPORTED: { body: { extensions: { persistedQuery: { version: 1, sha256Hash: '' } } } },
  OPERATION_UNKNOWN: { body: { documentId: 'Nothing' } },
};

const classes = (await errorsOfAllClasses()).map((error) => {
  const { code, ...extensions } = error.extensions;
  const { status, strictOnly = false } = entryOf(code);
  return {
    code: String(code),
    status: `${status}${strictOnly ? '*' : ''}`,
    extensions: Object.keys(extensions),
  };
});

describe('docs/errors.md', () => {
  test('lists each code once, with its cause and what to do', () => {
    expect(documented.size).toBe(table.length);
    expect(table.filter((row) => row.length !== 5 || row[3] === '' || row[4] === '')).toEqual([]);
  });

  test('has every code of the catalogue, with its status, and no other', () => {
    const statuses = Object.entries(ERRORS).map(([code, entry]: [string, ErrorEntry]) => [
      code,
      `${entry.status}${entry.strictOnly ? '*' : ''}`,
    ]);
    expect(Object.fromEntries([...documented].map(([code, { status }]) => [code, status]))).toEqual(
      Object.fromEntries(statuses),
    );
  });

  test('lists the code of every error class', () => {
    expect(classes.length).toBeGreaterThan(40);
    expect(classes.map(({ code }) => code).filter((code) => !documented.has(code))).toEqual([]);
  });

  const codes = [...new Set(classes.map(({ code }) => code))];
  test.each(codes)('%s: status and extensions match its classes', (code) => {
    const ofCode = classes.filter((one) => one.code === code);
    const extensions = new Set(ofCode.flatMap(({ extensions }) => extensions));
    expect({
      statuses: [...new Set(ofCode.map(({ status }) => status))],
      extensions: [...extensions].sort(),
    }).toEqual({
      statuses: [documented.get(code)?.status],
      extensions: [...(documented.get(code)?.extensions ?? [])].sort(),
    });
  });

  test.each(Object.entries(OF_LIBRARIES))('%s: a request gets this code and status', async (code, body) => {
    expect(await answered(body)).toEqual({ codes: [code], status: documented.get(code)?.status });
  });

  test.each(Object.entries(OF_REQUESTS))(
    '%s: a request of its own gets this code and status',
    async (code, { body, ...http }) => {
      const answer = await answered(JSON.stringify(body), http);
      expect(answer).toEqual({ codes: [code], status: documented.get(code)?.status });
    },
  );

  test('an invalid variable has the status of a request that was not executed', async () => {
    const body = '{"query":"query($n: Int) { messages(first: $n) { scannedCount } }","variables":{"n":"x"}}';
    expect(await answered(body)).toEqual({ codes: ['BAD_USER_INPUT'], status: '400' });
  });
});

/** Sends a request with both media types. Returns the codes and the status. */
async function answered(body: string, http: { trustedDocumentsOnly?: boolean } = {}) {
  const { DEFAULT_HTTP } = await import('../../src/config/limits.ts');
  const { gateway } = createKit({ config: { http: { ...DEFAULT_HTTP, ...http } } });
  const ask = (accept: string) =>
    gateway.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body,
    });
  const plain = await ask('application/json');
  const strict = await ask('application/graphql-response+json');
  const { errors } = (await plain.json()) as { errors: { extensions: { code: string } }[] };
  const status = plain.status === strict.status ? `${plain.status}` : `${strict.status}*`;
  if (status.endsWith('*')) expect(plain.status).toBe(200);
  return { codes: errors.map(({ extensions }) => extensions.code), status };
}
