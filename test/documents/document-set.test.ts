import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/config.ts';
import { createDocumentCheck } from '../../src/graphql/document-check.ts';
import { loadDocumentSet, runAtOnce } from '../../src/graphql/document-set.ts';
import { schema } from '../../src/schema/index.ts';
import { createKit } from '../kit.ts';
import { folderOf, startOnly } from './kit.ts';

const check = createDocumentCheck(schema, { maxDepth: 12, scanBudget: 5_000 });
const load = (path: string) =>
  runAtOnce(loadDocumentSet(path, { check, reserved: new Set(['ListMessages']) }));
const problemsOf = (files: Record<string, string | Buffer>) => load(folderOf(files)).problems;
const manifest = (text: string | object) =>
  load(join(folderOf({ 'm.json': typeof text === 'string' ? text : JSON.stringify(text) }), 'm.json'))
    .problems;

describe('a folder', () => {
  test('fragments may be in other files, and a file may have several operations', async () => {
    const folder = folderOf({
      'a/one.graphql': 'query One { messages(first: 1) { nodes { ...Row } } }\nquery Two { viewer { name } }',
      'b/row.gql': 'fragment Row on Message {\n  sid\n  ...Time\n}',
      'b/time.graphql': 'fragment Time on Message { dateCreated }',
      'b/.hidden.graphql': 'not GraphQL',
      'notes.txt': 'not GraphQL',
    });
    const { post } = await startOnly(folder);
    expect((await post({ documentId: 'One' })).data.messages.nodes).toEqual([
      { sid: expect.any(String), dateCreated: expect.any(String) },
    ]);
    expect((await post({ documentId: 'Two' })).data).toEqual({ viewer: { name: 'local' } });
  });

  test('a file of one document has the hash of the file', async () => {
    const text = '# ours\nquery One { viewer { ...V } }\nfragment V on Viewer { name }\n';
    const folder = folderOf({ 'one.graphql': text });
    const [hash] = execFileSync('sha256sum', [join(folder, 'one.graphql')], { encoding: 'utf8' }).split(' ');
    const { post, get } = await startOnly(folder);
    const data = { viewer: { name: 'local' } };
    expect((await post({ documentId: `sha256:${hash}` })).data).toEqual(data);
    expect((await get({ documentId: `sha256:${hash}` })).data).toEqual(data);
    expect((await post({ extensions: { persistedQuery: { version: 1, sha256Hash: hash } } })).data).toEqual(
      data,
    );
  });

  test('every problem is reported at once, with file and line', () => {
    const problems = problemsOf({
      'costly.graphql': `query Costly { ${'abcdefgh'
        .split('')
        .map((name) => `${name}: messages(first: 1000) { nodes { media { sid } } }`)
        .join(' ')} }`,
      'empty.graphql': '',
      'fields.graphql': 'query Fields {\n  viewer { nothing }\n  nobody\n}',
      'again.graphql': 'query Fields { viewer { name } }',
      'gateway.graphql': 'query ListMessages { viewer { name } }',
      'mixed.graphql': 'query M1 { viewer { ...Bad } }\n\n\nquery M2 { viewer { ...Missing } }',
      'nested/bad.graphql': '\n\nfragment Bad on Viewer {\n  name\n  wrong\n}',
      'syntax.graphql': 'query Syntax {\n  viewer {\n    name\n',
      'types.graphql': 'type T { a: Int }',
      'unnamed.graphql': '{ viewer { name } }',
      'unused.graphql': '\nfragment Unused on Viewer { name }',
      'variables.graphql': 'query Variables {\n  account(sid: $sid) { sid }\n}',
    });
    const has = (start: string, text: string) =>
      expect(problems).toContainEqual(expect.stringMatching(new RegExp(`^${start}: .*${text}`)));
    has('costly.graphql:1', 'are allowed');
    has('empty.graphql:1', 'Syntax Error');
    has('fields.graphql:1', 'also at again.graphql:1');
    has('fields.graphql:2', '"nothing"');
    has('fields.graphql:3', '"nobody"');
    has('gateway.graphql:1', 'of its own');
    has('mixed.graphql:4', '"Missing"');
    has('nested/bad.graphql:5', '"wrong"');
    has('syntax.graphql:4', 'Syntax Error');
    has('types.graphql:1', 'Only operations');
    has('unnamed.graphql:1', 'needs a name');
    has('unused.graphql:2', 'No operation uses');
    has('variables.graphql:2', '\\$sid');
    expect(problems).toHaveLength(13);
  });

  test('a document is costed with its smallest variables', () => {
    const media = 'nodes { media { sid } }';
    expect(
      problemsOf({ 'a.graphql': `query A($first: Int!) { messages(first: $first) { ${media} } }` }),
    ).toEqual([]);
    expect(
      problemsOf({ 'a.graphql': `query A($first: Int) { messages(first: $first) { ${media} } }` }),
    ).toEqual([]);
    const [problem] = problemsOf({
      'a.graphql': `query A($first: Int = 1000) { messages(first: $first) { ${media} } }`,
    });
    expect(problem).toMatch(/^a\.graphql:1: .*calls to Twilio/);
  });

  test('links: files inside count, as in Kubernetes; files outside do not; loops end', () => {
    const good = folderOf({ '..2026/a.graphql': 'query A { viewer { name } }' });
    symlinkSync('..2026', join(good, '..data'));
    symlinkSync('..data/a.graphql', join(good, 'a.graphql'));
    symlinkSync('.', join(good, 'loop'));
    expect(load(good)).toMatchObject({ problems: [], documents: [{ name: 'A' }] });

    for (const [target, reason] of [
      ['/etc/hostname', /^b\.graphql is a link to a file outside the folder/],
      ['../../../../etc/hostname', /^b\.graphql (is a link to a file outside|does not exist)/],
      ['b.graphql', /^b\.graphql is a link that leads to itself/],
      ['missing', /^b\.graphql does not exist/],
    ] as const) {
      const bad = folderOf({ 'a.graphql': 'query A { viewer { name } }' });
      symlinkSync(target, join(bad, 'b.graphql'));
      expect(load(bad).problems).toEqual([expect.stringMatching(reason)]);
    }
  });

  test('is bounded: large files, many files, deep folders, bytes that are not text', () => {
    const large = folderOf({ 'a.graphql': '' });
    truncateSync(join(large, 'a.graphql'), 1024 ** 3);
    expect(load(large).problems).toEqual([expect.stringMatching(/^a\.graphql has 1073741824 bytes; 262144/)]);

    const many = folderOf({});
    for (let index = 0; index <= 2_000; index += 1) writeFileSync(join(many, `${index}.graphql`), '');
    expect(load(many).problems).toEqual([expect.stringContaining('more than 2000 documents')]);

    const deep = folderOf({});
    mkdirSync(join(deep, ...Array(20).fill('d')), { recursive: true });
    expect(load(deep).problems).toEqual([expect.stringContaining('more than 16 levels')]);

    expect(problemsOf({ 'a.graphql': Buffer.from([0xff, 0xfe, 0x00]) })).toEqual([
      'a.graphql is not UTF-8 text.',
    ]);
    expect(problemsOf({ 'a.graphql': '# \0\nquery A { viewer { name } }' })).toEqual([
      'a.graphql:1: The text has a NUL character.',
    ]);
    expect(problemsOf({ 'a.graphql': `query A ${'{ viewer '.repeat(300)}` })).toEqual([
      expect.stringMatching(/^a\.graphql:1: .*levels deep/),
    ]);
    expect(problemsOf({})).toEqual([expect.stringContaining('has no documents')]);
  });

  test('a pipe is not read', () => {
    const folder = folderOf({ 'a.graphql': 'query A { viewer { name } }' });
    execFileSync('mkfifo', [join(folder, 'b.graphql')]);
    expect(load(folder).problems).toEqual(['b.graphql is not a file.']);
    expect(load(join(folder, 'b.graphql')).problems).toEqual([
      expect.stringContaining('neither a folder nor a file'),
    ]);
  });
});

describe('a manifest', () => {
  test.each([
    ['{\n "a": \n', /m\.json:\d: This is not valid JSON/],
    ['[]', /m\.json:1: This is not a manifest/],
    ['null', /m\.json:1: This is not a manifest/],
    ['"secret of another file"', /m\.json:1: This is not a manifest/],
    ['', /m\.json:1: This is not valid JSON/],
    [{}, /has no documents/],
    [{ format: 'other', version: 1, operations: [] }, /The format must be/],
    [{ format: 'apollo-persisted-query-manifest', version: 2, operations: [] }, /version 1/],
    [{ format: 'apollo-persisted-query-manifest', version: 1, operations: [null] }, /An id must be/],
    [
      { format: 'apollo-persisted-query-manifest', version: 1, operations: [{ id: 'a' }] },
      /id a is not a string/,
    ],
    [{ a: 7 }, /id a is not a string/],
    [{ 'a b': 'query A { viewer { name } }' }, /An id must be/],
    [{ ['x'.repeat(129)]: 'query A { viewer { name } }' }, /An id must be/],
    [{ a: '{ viewer { name } }' }, /needs a name/],
    [{ a: 'query A { viewer { name } } query B { viewer { name } }' }, /one operation, not 2/],
    [{ a: 'subscription A { viewer { name } }' }, /subscription/],
  ])('%j is rejected', (text, problem) => {
    expect(manifest(text)).toEqual([expect.stringMatching(problem)]);
  });

  test('every problem has its line in the manifest and in the document', () => {
    const text = JSON.stringify(
      { one: 'query A {\n  nobody\n}', two: 'query B { viewer', three: 'query C { viewer { name } }' },
      null,
      2,
    );
    expect(manifest(text)).toEqual([
      expect.stringMatching(/m\.json:2: document one, line 2: .*"nobody"/),
      expect.stringMatching(/m\.json:3: document two, line 1: Syntax Error/),
    ]);
  });

  test('an id that occurs twice is reported with its second line, however it is written', () => {
    const text = (name: string) => JSON.stringify(`query ${name} {\n  viewer { name }\n}`);
    expect(
      manifest(`{
  "a": ${text('A')},
  "7": ${text('Seven')}, "{\\"b\\": [": 1,
  "\\u0061"
    : "query Again {\\n  nobody\\n}",
  "c": { "d": 1, "d": 2 },
  "7": ${text('SevenAgain')}
}`),
    ).toEqual([
      expect.stringMatching(/m\.json:3: An id must be/),
      expect.stringMatching(/m\.json:4: The id a occurs twice\.$/),
      expect.stringMatching(/m\.json:6: The document of the id c is not a string/),
      expect.stringMatching(/m\.json:7: The id 7 occurs twice\.$/),
      expect.stringMatching(/m\.json:4: document a, line 2: .*"nobody"/),
    ]);
  });

  test("Apollo's manifest: an id in two operations, a key twice in one, an operation without an id", () => {
    expect(
      manifest(`{
  "format": "apollo-persisted-query-manifest", "version": 1,
  "operations": [
    { "id": "a", "name": "A", "body": "query A { viewer { name } }" },
    { "name": "None", "body": "query None { viewer { name } }" },
    {
      "body": "query B { viewer { name } }", "id": "b",
      "body": "query B { viewer { role } }",
      "variables": { "id": 1 }
    },
    { "id": "a", "body": "query A { nobody }" }
  ]
}`),
    ).toEqual([
      expect.stringMatching(/m\.json:8: The key "body" occurs twice\.$/),
      expect.stringMatching(/m\.json:1: An id must be/),
      expect.stringMatching(/m\.json:11: The id a occurs twice\.$/),
      expect.stringMatching(/m\.json:11: document a, line 1: .*"nobody"/),
    ]);
  });

  test('ids such as __proto__ are ids like others', async () => {
    const folder = folderOf({ 'm.json': '{"__proto__": "query P { viewer { name } }"}' });
    const { post } = await startOnly(join(folder, 'm.json'));
    expect((await post({ documentId: '__proto__' })).data).toEqual({ viewer: { name: 'local' } });
    expect(await post({ documentId: 'constructor' })).toMatchObject({ status: 404 });
  });

  test("a document with the name of a gateway's own replaces nothing", async () => {
    const folder = folderOf({ 'm.json': JSON.stringify({ mine: 'query ListAccounts { viewer { name } }' }) });
    const { post } = await startOnly(join(folder, 'm.json'));
    expect((await post({ documentId: 'mine' })).data).toEqual({ viewer: { name: 'local' } });
    expect((await post({ documentId: 'ListAccounts' })).data).toEqual({ accounts: expect.anything() });
  });
});

test('the gateway does not start with problems, and names them all in one error', () => {
  const folder = folderOf({ 'a.graphql': 'query A { nobody }', 'b.graphql': 'query B { noone }' });
  const start = (documents: string) => () => createKit({ config: { documents } });
  expect(start(folder)).toThrow(ConfigError);
  expect(start(folder)).toThrow(
    /DOCUMENTS: a\.graphql:1: .*"nobody"[\s\S]*DOCUMENTS: b\.graphql:1: .*"noone"/,
  );
  expect(start('/nothing/here')).toThrow('DOCUMENTS: /nothing/here does not exist.');
});
