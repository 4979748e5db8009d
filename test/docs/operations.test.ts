import { readdirSync } from 'node:fs';
import { type FieldNode, parse, print, validate, visit } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../src/schema/index.ts';
import { createKit, noErrors } from '../kit.ts';
import { codeIn, ROOT, readDocument, tableUnder } from './markdown.ts';

const kit = createKit();
const { parent, active } = kit.sandbox.accounts;
const newest = kit.sandbox.addMessage('parent', {
  from: '+14155550101',
  to: '+14155550199',
  status: 'undelivered',
  error_code: 30003,
});
const { thread } = noErrors(await kit.query('{ thread(with: "+14155550199") { id } }')).data;

/** The required and optional variables of each operation. */
const VARIABLES: Record<string, { required: object; optional: object }> = {
  ExportMessages: {
    required: {},
    optional: { accountSid: parent.sid, in: null, filter: { status: ['FAILED'] }, after: null },
  },
  ListMessages: {
    required: {},
    optional: {
      accountSid: parent.sid,
      to: newest.to,
      from: newest.from,
      participant: newest.to,
      dateSent: { since: new Date(Date.now() - 3_600_000).toISOString() },
      dateCreated: { since: new Date(Date.now() - 3_600_000).toISOString() },
      status: ['UNDELIVERED', 'FAILED'],
      outcome: ['FAILED'],
      errorCode: [30003],
      channel: ['SMS'],
      direction: ['OUTBOUND_API'],
      first: 2,
      after: null,
      last: null,
      before: null,
    },
  },
  ListCredentials: { required: {}, optional: {} },
  ExportThread: { required: { thread: thread.id }, optional: { filter: null, after: null } },
  GetThread: {
    required: { with: newest.to },
    optional: { in: { all: true }, filter: null, first: 2, after: null, last: null, before: null },
  },
  MessageStats: {
    required: {},
    optional: {
      in: { all: true },
      filter: { outcome: ['FAILED'] },
      groupBy: ['ERROR_CODE'],
      interval: 'DAY',
      timeZone: 'Europe/Berlin',
    },
  },
  RetrieveMessage: { required: { sid: newest.sid }, optional: { accountSid: parent.sid } },
  ListAccounts: {
    required: {},
    optional: { friendlyName: active.friendlyName, status: 'ACTIVE', first: 2, after: null },
  },
  RetrieveAccount: { required: {}, optional: { sid: active.sid } },
};

const names = readdirSync(new URL('operations/', ROOT)).map((file) => file.replace('.graphql', ''));

test('every operation is documented in docs/clients.md with its inputs', () => {
  const inputs = (cell = '') => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  const table = tableUnder(readDocument('docs/clients.md'), 'Trusted documents');
  const shown = table.map(([name, required, optional]) => [
    codeIn(name),
    { required: inputs(required), optional: inputs(optional) },
  ]);
  const expected = names.map((name) => [
    name,
    {
      required: Object.keys(VARIABLES[name]?.required ?? {}),
      optional: Object.keys(VARIABLES[name]?.optional ?? {}),
    },
  ]);
  expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(expected));
});

describe.each(names)('operations/%s.graphql', (name) => {
  const source = readDocument(`operations/${name}.graphql`);
  const { required, optional } = VARIABLES[name] ?? { required: {}, optional: {} };

  test('is valid, has the name of its file, and takes exactly these inputs', () => {
    const document = parse(source);
    expect(validate(schema, document)).toEqual([]);
    const [definition] = document.definitions;
    if (definition?.kind !== 'OperationDefinition') throw new Error(`${name} is not an operation`);
    expect(definition.name?.value).toBe(name);
    const inputs = (definition.variableDefinitions ?? []).map(({ variable, type }) => [
      variable.name.value,
      type.kind === 'NonNullType',
    ]);
    const expected = [required, optional].flatMap((part, index) =>
      Object.keys(part).map((input) => [input, index === 0]),
    );
    expect(Object.fromEntries(inputs)).toEqual(Object.fromEntries(expected));
  });

  test.each([
    ['the required inputs', required],
    ['all inputs', { ...required, ...optional }],
  ])('returns the same result as text and by name, with %s', async (_which, variables) => {
    const byText = noErrors(await kit.query(source, variables));
    expect(byText.data[Object.keys(byText.data)[0] ?? '']).not.toBeNull();
    const response = await kit.gateway.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ documentId: name, variables }),
    });
    expect(await response.json()).toEqual(byText);
  });

  test('runs by name in a GET', async () => {
    const query = new URLSearchParams({ documentId: name, variables: JSON.stringify(required) });
    const response = await kit.gateway.fetch(`http://localhost/graphql?${query}`);
    expect(await response.json()).toEqual(noErrors(await kit.query(source, required)));
  });
});

/** Fields of each object type in a result that a normalized cache needs. */
function identities(value: unknown): { __typename?: string; id?: string }[] {
  if (Array.isArray(value)) return value.flatMap(identities);
  if (typeof value !== 'object' || value === null) return [];
  return [
    ...('sid' in value || 'nickname' in value ? [value as { id?: string }] : []),
    ...Object.values(value).flatMap(identities),
  ];
}

test('every object with a SID has __typename and id, for normalized caches', async () => {
  const withMedia = kit.sandbox.addMessage('parent', { num_media: '1' });
  // Counts have no identity.
  for (const name of names.filter((one) => one !== 'MessageStats')) {
    const { data } = await kit.query(readDocument(`operations/${name}.graphql`), {
      ...VARIABLES[name]?.required,
      sid: name === 'RetrieveMessage' ? withMedia.sid : null,
    });
    const found = identities(data);
    expect(found.length).toBeGreaterThan(name === 'RetrieveMessage' ? 1 : 0);
    for (const { __typename, id } of found)
      expect([typeof __typename, typeof id]).toEqual(['string', 'string']);
  }
});

test('ListMessages pages back with last and before', async () => {
  const source = readDocument('operations/ListMessages.graphql');
  const { messages: first } = noErrors(await kit.query(source, { first: 3 })).data;
  const { messages: second } = noErrors(
    await kit.query(source, { first: 3, after: first.pageInfo.endCursor }),
  ).data;
  const back = noErrors(await kit.query(source, { last: 3, before: second.pageInfo.startCursor })).data;
  expect(back.messages.nodes).toEqual(first.nodes);
});

test('ListMessages with all inputs finds the one message', async () => {
  const { required, optional } = VARIABLES.ListMessages ?? { required: {}, optional: {} };
  const answer = await kit.query(readDocument('operations/ListMessages.graphql'), {
    ...required,
    ...optional,
  });
  expect(answer.data.messages.nodes).toMatchObject([{ sid: newest.sid, to: newest.to }]);
});

test('ExportThread has the rows of ExportMessages', () => {
  // Each document is whole, for clients that send it as it is; the rows are the same nevertheless.
  const [all, thread] = ['ExportMessages', 'ExportThread'].map((name) => {
    const found: FieldNode[] = [];
    const Field = (field: FieldNode) => void (field.name.value === 'messages' && found.push(field));
    visit(parse(readDocument(`operations/${name}.graphql`)), { Field });
    return found.map(({ selectionSet }) => selectionSet && print(selectionSet));
  });
  expect(all).toHaveLength(1);
  expect(thread).toEqual(all);
});
