import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { folderOf, startOnly } from './kit.ts';

// Each test runs a code generator.
vi.setConfig({ testTimeout: 120_000 });

const ROOT = new URL('../../', import.meta.url);
const EXAMPLES = fileURLToPath(new URL('examples/', ROOT));
const SCHEMA = readFileSync(new URL('schema.graphql', ROOT), 'utf8');
const run = promisify(execFile);

// The generators are those of the examples.
beforeAll(async () => {
  const installed = `${EXAMPLES}node_modules/.package-lock.json`;
  const isCurrent =
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${EXAMPLES}package-lock.json`).mtimeMs;
  if (!isCurrent) await run('npm', ['--prefix', EXAMPLES, 'ci', '--no-audit', '--no-fund']);
}, 300_000);

/** Creates the sources of an app. */
function appOf(files: Record<string, string>): string {
  const folder = folderOf({ 'schema.graphql': SCHEMA, ...files });
  symlinkSync(join(EXAMPLES, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Runs a program of the examples' packages in the app's folder. */
async function generate(folder: string, program: string, ...args: string[]): Promise<void> {
  const file = join(EXAMPLES, 'node_modules/.bin', program);
  await run(process.execPath, [file, ...args], { cwd: folder });
}

const NODES = {
  messages: { nodes: [expect.objectContaining({ sid: expect.stringMatching(/^[SM]M/) }), expect.anything()] },
};
const QUERY_REJECTED = { status: 403, errors: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }] };

describe('with TRUSTED_DOCUMENTS_ONLY, an app runs by the manifest of', () => {
  test("graphql-codegen's client preset", async () => {
    const folder = appOf({
      'src/app.ts': `import { graphql } from './generated/index.ts';
graphql(\`fragment Row on Message { id sid status }\`);
graphql(\`query DeskMessages($first: Int) { messages(first: $first) { nodes { ...Row } } }\`);`,
      'codegen.json': JSON.stringify({
        schema: 'schema.graphql',
        documents: 'src/app.ts',
        generates: {
          'generated/': {
            preset: 'client',
            presetConfig: { persistedDocuments: true },
            config: { documentMode: 'string', defaultScalarType: 'string' },
          },
        },
      }),
    });
    await generate(folder, 'graphql-codegen', '--config', 'codegen.json', '--silent');
    const manifest = join(folder, 'generated/persisted-documents.json');
    const [[documentId, query] = ['', '']] = Object.entries<string>(
      JSON.parse(readFileSync(manifest, 'utf8')),
    );
    // What the generated code sends: document.__meta__.hash
    expect(readFileSync(join(folder, 'generated/graphql.ts'), 'utf8')).toContain(documentId);

    const { post, get } = await startOnly(manifest);
    const variables = { first: 2 };
    expect(await post({ documentId, variables })).toEqual({ status: 200, data: NODES });
    expect(await get({ documentId, variables })).toEqual({ status: 200, data: NODES });
    expect(await post({ documentId: 'DeskMessages', variables })).toEqual({ status: 200, data: NODES });
    expect(await post({ documentId: 'ListCredentials' })).toMatchObject({ status: 200 });
    expect(await post({ query, variables })).toMatchObject(QUERY_REJECTED);
  });

  test('relay-compiler, with the text of older builds in it', async () => {
    const folder = appOf({
      'src/desk.ts': `import { graphql } from 'relay-runtime';
graphql\`query deskMessagesQuery($first: Int) { messages(first: $first) { nodes { ...desk_row } } }\`;
graphql\`fragment desk_row on Message { id sid status }\`;`,
      'relay.config.json': JSON.stringify({
        src: 'src',
        language: 'typescript',
        schema: 'schema.graphql',
        persistConfig: { file: 'persisted.json', algorithm: 'MD5' },
      }),
      'persisted.json': JSON.stringify({
        '0123456789abcdef0123456789abcdef': 'query deskMessagesQuery { viewer { name } }',
      }),
    });
    await generate(folder, 'relay-compiler');
    const manifest = join(folder, 'persisted.json');
    const artifact = readFileSync(join(folder, 'src/__generated__/deskMessagesQuery.graphql.ts'), 'utf8');
    const [, id = ''] = /"id": "([0-9a-f]{32})"/.exec(artifact) ?? [];

    const { post, get } = await startOnly(manifest);
    const variables = { first: 2 };
    expect(await post({ doc_id: id, variables })).toEqual({ status: 200, data: NODES });
    expect(await get({ doc_id: id, variables })).toEqual({ status: 200, data: NODES });
    expect(await post({ documentId: id, variables })).toEqual({ status: 200, data: NODES });
    expect(await post({ doc_id: '0123456789abcdef0123456789abcdef' })).toEqual({
      status: 200,
      data: { viewer: { name: 'local' } },
    });
    // Two documents have the name.
    expect(await post({ documentId: 'deskMessagesQuery' })).toMatchObject({ status: 404 });
  });

  test('@apollo/generate-persisted-query-manifest', async () => {
    const folder = appOf({
      'src/desk.ts': `import { gql } from '@apollo/client';
const ROW = gql\`fragment Row on Message { id sid status }\`;
export const Q = gql\`query DeskMessages($first: Int) { messages(first: $first) { nodes { ...Row } } } \${ROW}\`;`,
      'persisted-query-manifest.config.json': JSON.stringify({
        documents: ['src/**/*.ts'],
        output: 'manifest.json',
      }),
    });
    await generate(folder, 'generate-persisted-query-manifest');
    const manifest = join(folder, 'manifest.json');
    const [operation] = JSON.parse(readFileSync(manifest, 'utf8')).operations;

    const { post, get } = await startOnly(manifest);
    // What createPersistedQueryLink sends, by POST and with useGETForHashedQueries.
    const extensions = { persistedQuery: { version: 1, sha256Hash: operation.id } };
    const request = { operationName: 'DeskMessages', variables: { first: 2 }, extensions };
    expect(await post(request)).toEqual({
      status: 200,
      data: { messages: expect.objectContaining(NODES.messages) },
    });
    expect(await get(request)).toEqual({
      status: 200,
      data: { messages: expect.objectContaining(NODES.messages) },
    });
    expect(await post({ ...request, query: operation.body })).toMatchObject(QUERY_REJECTED);
    const unknown = { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } };
    const { status, errors } = await post({ ...request, extensions: unknown });
    expect([status, errors?.[0]?.extensions.code]).toEqual([404, 'OPERATION_UNKNOWN']);
    // Names of the team's documents are not listed.
    expect(errors?.[0]?.message).not.toContain('DeskMessages');
  });
});
