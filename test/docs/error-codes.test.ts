import { describe, expect, test } from 'vitest';
import { ERRORS } from '../../src/errors/catalogue.ts';
import { createKit } from '../kit.ts';
import { codeIn, readDocument, tableUnder } from './markdown.ts';

const table = tableUnder(readDocument('docs/errors.md'), 'Codes');
/** Statuses by code. */
const documented = new Map(table.map(([code, status]) => [codeIn(code) ?? '', status]));

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

describe('docs/errors.md', () => {
  test('describes every code: when it occurs, and what to do', () => {
    expect([...documented.keys()]).toEqual(Object.keys(ERRORS));
    expect(table.filter((row) => row.length !== 5 || row[3] === '' || row[4] === '')).toEqual([]);
  });

  test('only errors of libraries, and the one for defects, have no message in the catalogue', () => {
    const withoutMessage = Object.entries(ERRORS).flatMap(([code, entry]) => ('build' in entry ? [] : code));
    const ofLibraries = Object.keys(OF_LIBRARIES).filter((code) => code !== 'BAD_REQUEST');
    expect(withoutMessage.sort()).toEqual([...ofLibraries, 'INTERNAL_SERVER_ERROR'].sort());
  });

  test.each(Object.entries(OF_LIBRARIES))('%s: a request gets this code and status', async (code, body) => {
    expect(await answered(body)).toEqual({ codes: [code], status: documented.get(code) });
  });

  test.each(Object.entries(OF_REQUESTS))(
    '%s: a request of its own gets this code and status',
    async (code, { body, ...http }) => {
      const answer = await answered(JSON.stringify(body), http);
      expect(answer).toEqual({ codes: [code], status: documented.get(code) });
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
