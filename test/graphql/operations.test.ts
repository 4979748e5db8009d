import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { loadOperations } from '../../src/graphql/trusted-documents.ts';

/** Creates a folder named operations with these files; it is removed after the test. */
function folderOf(files: Record<string, string>): URL {
  const parent = mkdtempSync(join(tmpdir(), 'gateway-operations-'));
  onTestFinished(() => rmSync(parent, { recursive: true }));
  const folder = join(parent, 'operations');
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return pathToFileURL(`${folder}/`);
}

test('every problem of every document is reported with its file and line', () => {
  const folder = folderOf({
    'Syntax.graphql': 'query Syntax {\n  account {\n    sid\n',
    'Fields.graphql': 'query Fields($sid: Nothing) {\n  account { sid nothing }\n  nobody\n}',
    'Variables.graphql': 'query Variables {\n  account(sid: $sid) { sid }\n}',
    'Two.graphql': 'query One { account { sid } }\nquery Two { account { sid } }',
    'None.graphql': 'fragment F on Account {\n  sid\n}',
    'Empty.graphql': '',
    'Live.graphql': 'subscription Live { messages { sid } }',
    'Good.graphql': 'query Good { account { sid } }',
    'notes.txt': 'not GraphQL',
  });
  mkdirSync(new URL('Folder.graphql', folder));
  let message = '';
  try {
    loadOperations(folder);
  } catch (error) {
    message = (error as Error).message;
  }
  const lines = message
    .split('\n')
    .slice(1)
    .map((line) => line.replace(/^ {2}- operations\//, ''));
  expect(lines).toEqual([
    expect.stringMatching(/^Empty\.graphql:1:1: Syntax Error/),
    expect.stringMatching(/^Fields\.graphql:1:14: .*"\$sid"/),
    expect.stringMatching(/^Fields\.graphql:1:20: .*"Nothing"/),
    expect.stringMatching(/^Fields\.graphql:2:17: .*"nothing"/),
    expect.stringMatching(/^Fields\.graphql:3:3: .*"nobody"/),
    expect.stringMatching(/^Folder\.graphql:1:1: EISDIR/),
    expect.stringMatching(/^Live\.graphql:1:1: .*no subscriptions/),
    expect.stringMatching(/^None\.graphql:1:1: .*"F"/),
    expect.stringMatching(/^None\.graphql:1:1: .*one operation, not 0/),
    expect.stringMatching(/^Syntax\.graphql:4:1: Syntax Error/),
    expect.stringMatching(/^Two\.graphql:2:1: .*one operation, not 2/),
    expect.stringMatching(/^Variables\.graphql:2:16: .*"\$sid"/),
  ]);
});

test('a document is named after its file, whatever its content', () => {
  const names = ['a:b', 'file:x', 'a#b', 'a?b=c', '100%', '%41', 'a b', 'x.y', '\u00fc'];
  const folder = folderOf(
    Object.fromEntries(names.map((name) => [`${name}.graphql`, 'query Good { account { sid } }'])),
  );
  expect([...loadOperations(folder).keys()].sort()).toEqual(names.sort());
});

test('more problems than graphql-js reports by default', () => {
  const fields = Array.from({ length: 150 }, (_, index) => `field${index}`).join('\n');
  const folder = folderOf({ 'Many.graphql': `query Many {\n${fields}\n}` });
  expect(() => loadOperations(folder)).toThrow(/Many\.graphql:151:1: /);
});
