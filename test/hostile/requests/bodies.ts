import { schema } from '../../../src/schema/index.ts';
import type { Dice } from '../../fuzz/dice.ts';
import { makeDocument, type World } from '../../fuzz/documents.ts';
import { HOSTILE_NUMBERS, HOSTILE_STRINGS } from '../../fuzz/hostile-values.ts';
import { mutate } from '../../fuzz/mutate.ts';

/** A body for POST /graphql and its kind. */
export interface HostileBody {
  readonly kind: string;
  readonly body: string | Buffer;
}

type Make = (dice: Dice, world: World) => string | Buffer;

const json = (value: unknown) => JSON.stringify(value);
const nested = (depth: number, open: string, close: string) => `${open.repeat(depth)}a${close.repeat(depth)}`;
const many = (count: number, of: (number: number) => string) =>
  Array.from({ length: count }, (_, n) => of(n));

const operations = ['ListMessages', 'ListAccounts', 'ListCredentials', 'RetrieveAccount', 'RetrieveMessage'];
const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'query', '$', '', 'a'.repeat(3_000)];

/** A valid value of the world or an invalid one; few of each, so that many are repeated. */
function value(dice: Dice, world: World, ...names: string[]): unknown {
  if (dice.chance(0.5)) return dice.pick(world[dice.pick(names)] ?? [null]);
  return dice.pick<unknown>([
    ...HOSTILE_STRINGS,
    ...HOSTILE_NUMBERS,
    null,
    [],
    {},
    [[null]],
    { __proto__: 1 },
  ]);
}

function filter(dice: Dice, world: World): Record<string, unknown> {
  const fields: Record<string, () => unknown> = {
    to: () => value(dice, world, 'Address'),
    from: () => value(dice, world, 'Address', 'AccountSid'),
    dateSent: () => ({ [dice.pick(['on', 'since', 'until'])]: value(dice, world, 'Date', 'DateTime') }),
    status: () => [dice.pick<unknown>(['DELIVERED', 'FAILED', 'NONE', null, 7])],
    errorCode: () => [value(dice, world, 'errorCode')],
    bodyContains: () => value(dice, world, 'bodyContains'),
    hasMedia: () => dice.pick<unknown>([true, false, 'yes', null]),
  };
  const names = Object.keys(fields).filter(() => dice.chance(0.3));
  return Object.fromEntries(names.map((name) => [name, fields[name]?.()]));
}

/** Trusted documents with variables of all kinds: for compiled code and cached responses. */
function trusted(dice: Dice, world: World): string {
  const variables: Record<string, unknown> = {
    ...(dice.chance(0.4) ? { first: value(dice, world, 'first') } : {}),
    ...(dice.chance(0.4) ? { after: value(dice, world, 'after', 'ID') } : {}),
    ...(dice.chance(0.4) ? { sid: value(dice, world, 'MessageSid', 'AccountSid') } : {}),
    ...(dice.chance(0.3) ? { accountSid: value(dice, world, 'AccountSid') } : {}),
    ...(dice.chance(0.3) ? { to: value(dice, world, 'Address') } : {}),
    ...(dice.chance(0.2) ? { dateSent: filter(dice, world).dateSent } : {}),
    ...(dice.chance(0.1) ? { [dice.pick(NAMES)]: value(dice, world, 'ID') } : {}),
  };
  return json({ documentId: dice.pick(operations), variables });
}

const REPEATED = [
  'query($f: MessageFilter, $a: String) { messages(first: 3, filter: $f, after: $a) { nodes { id sid body to account { sid } } pageInfo { endCursor } } }',
  'query($id: ID!) { node(id: $id) { id ... on Message { sid body } ... on TwilioAccount { friendlyName } } }',
  'query($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }',
  'query($n: String!) { credential(nickname: $n) { accountSid account { sid } messages(first: 1) { nodes { sid } } } }',
];

/** A few queries with changing variables: they are compiled from the third time on. */
function repeated(dice: Dice, world: World): string {
  const variables = {
    f: filter(dice, world),
    a: dice.chance(0.3) ? value(dice, world, 'after') : null,
    id: value(dice, world, 'ID', 'after'),
    ids: many(dice.int(5), () => '').map(() => value(dice, world, 'ID')),
    n: value(dice, world, 'nickname'),
  };
  return json({ query: dice.pick(REPEATED), variables });
}

/** Queries that keep the parser, the validation or the memory busy. */
function greedy(dice: Dice): string {
  const n = 50 + dice.int(500);
  return json({
    query: dice.pick([
      () => nested(n, '{', '}'),
      () => `{ ${nested(n, 'account { owner ', '}')} }`,
      () => `{ ${many(n, (i) => `a${i}: viewer { name }`).join(' ')} }`,
      () => `{ ${many(n, (i) => `a${i}: messages(first: 1000) { nodes { account { sid } } }`).join(' ')} }`,
      () => `{ viewer { ${'name '.repeat(n * 10)} } }`,
      () => `{ viewer { name ${many(n, () => '@include(if: true)').join(' ')} } }`,
      () =>
        `{ ...F0 } ${many(20, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`).join(' ')} fragment F20 on Query { viewer { name } }`,
      () => '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
      () => `{ __schema { types { ${nested(6, 'fields { type { ', ' } }').replace('a', 'name')} } } }`,
      () => `query(${many(n, (i) => `$v${i}: Int = ${i}`).join(' ')}) { viewer { name } }`,
      () => `{ messages(filter: { errorCode: [${many(n * 5, String).join(',')}] }) { nodes { sid } } }`,
      () => `{ messages(filter: { bodyContains: "${'('.repeat(n)}" }) { nodes { sid } } }`,
      () => `"""${'x'.repeat(n * 100)}""" { viewer { name } }`,
      () => `{ viewer { name } } #${'#'.repeat(n * 100)}`,
      () => `{ nodes(ids: [${many(n, () => '"QWNjb3VudDpBQw"').join()}]) { id } }`,
      () => many(n, (i) => `query Q${i} { viewer { name } }`).join(' '),
      () => '{ messages @defer { nodes { sid } } }',
      () => 'subscription { messages { sid } }',
    ])(),
    variables: {},
  });
}

/** Bodies that are not a GraphQL request. */
function broken(dice: Dice, world: World): string | Buffer {
  const good = json(makeDocument({ schema, world, dice, size: 5, nonsense: 0.2 }));
  return dice.pick<() => string | Buffer>([
    () => good.slice(0, dice.int(good.length)),
    () => `${good}${good}`,
    () => '',
    () =>
      dice.pick(['null', '1', '""', 'true', '[]', '{}', '[[]]', '[null]', '{"query":null}', '{"query":[]}']),
    () => json(many(1 + dice.int(20), () => '').map(() => ({ query: '{ viewer { name } }' }))),
    () => `[${good},`,
    () => '['.repeat(50_000),
    () => `{"query":${'{"a":'.repeat(20_000)}`,
    () => '{"query":"{ viewer { name } }","query":"{ account { sid } }","variables":1}',
    () => Buffer.concat([Buffer.from([0xff, 0xfe, 0x00]), Buffer.from(good, 'utf16le')]),
    () =>
      Buffer.concat([
        Buffer.from('{"query":"{ viewer { name } } # '),
        Buffer.from([0xc3, 0x28, 0xed]),
        Buffer.from('"}'),
      ]),
    () => `\ufeff${good}`,
    () => 'query=%7Bviewer%7Bname%7D%7D',
    () => good.replaceAll('"', "'"),
    () => `{"query":"{ viewer { name } }","variables":{"x":1e99999,"y":-0,"z":${'9'.repeat(2_000)}}}`,
    () => `{"query":"{ viewer { name } } ${'\\u0000\\ud800\\u2028'.repeat(50)}"}`,
    () => Buffer.from(many(dice.int(3_000), () => '').map(() => dice.int(256))),
    () => json({ query: '{ viewer { name } }', pad: 'x'.repeat(300 * 1024) }),
  ])();
}

/** Names of properties of every object, wherever a name is allowed. */
function polluting(dice: Dice): string {
  const poison =
    '{"__proto__":{"polluted":1,"role":"ADMIN","isAdmin":true},"constructor":{"prototype":{"polluted":1}}}';
  const query = json(
    'query($x: MessageFilter) { viewer { name role } messages(first: 1, filter: $x) { nodes { sid } } }',
  );
  return dice.pick([
    `{"query":${query},"variables":${poison}}`,
    `{"query":${query},"variables":{"x":${poison}}}`,
    `{"query":${query},"extensions":${poison}}`,
    `{"query":${query},"__proto__":{"documentId":"ListMessages"},"variables":{}}`,
    `{"__proto__":{"query":${query}}}`,
    `{"constructor":{"query":${query}},"query":"{ __proto__ constructor }"}`,
    `{"documentId":"__proto__"}`,
    `{"documentId":"constructor","variables":${poison}}`,
    `{"query":${query},"operationName":"__proto__"}`,
    `{"query":"{ viewer { __proto__: name constructor: role toString: name } }"}`,
    `{"query":"{ credential(nickname: \\"__proto__\\") { id } node(id: \\"__proto__\\") { id } }"}`,
    `{"documentId":${json(dice.pick(HOSTILE_STRINGS))}}`,
    `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":${json('e'.repeat(64))}}}}`,
    `{"query":"__PERSISTED_OPERATION_ListMessages__"}`,
  ]);
}

/** Changes of credentials and keys with invalid values. None creates an ADMIN key, after which keys would be required. */
function managing(dice: Dice, world: World): string {
  const text = () => String(value(dice, world, 'nickname', 'ID', 'AccountSid'));
  return dice.pick(
    [
      () => ({
        query: 'mutation($i: AddCredentialInput!) { addCredential(input: $i) { id nickname } }',
        variables: {
          i: {
            nickname: text(),
            clientId: text(),
            clientSecret: text(),
            accountSid: value(dice, world, 'AccountSid'),
          },
        },
      }),
      () => ({
        query: 'mutation($i: CheckCredentialInput!) { checkCredential(input: $i) { accountSid } }',
        variables: { i: { clientId: text(), clientSecret: text() } },
      }),
      () => ({
        query: 'mutation($id: ID!, $n: String!) { renameCredential(id: $id, nickname: $n) { id } }',
        variables: { id: value(dice, world, 'after', 'AccountSid'), n: text() },
      }),
      () => ({
        query: 'mutation($id: ID!, $s: String!) { rotateCredentialSecret(id: $id, clientSecret: $s) { id } }',
        variables: { id: value(dice, world, 'ID'), s: text() },
      }),
      () => ({
        query: 'mutation($i: CreateApiKeyInput!) { createApiKey(input: $i) { apiKey { id name } } }',
        variables: {
          i: {
            name: text(),
            credentialIds: [value(dice, world, 'ID')],
            dateExpires: value(dice, world, 'DateTime'),
          },
        },
      }),
      () => ({
        query: 'mutation($id: ID!) { revokeApiKey(id: $id) }',
        variables: { id: value(dice, world, 'ID', 'after') },
      }),
    ].map((make) => () => json(make())),
  )();
}

const WAYS: readonly (readonly [kind: string, weight: number, make: Make])[] = [
  ['trusted documents', 6, trusted],
  ['repeated queries', 6, repeated],
  ['made queries', 3, (dice, world) => json(makeDocument({ schema, world, dice, size: 20, nonsense: 0.4 }))],
  [
    'nearly right',
    4,
    (dice, world) => json(mutate(makeDocument({ schema, world, dice, size: 10, nonsense: 0.3 }), dice)),
  ],
  ['greedy queries', 3, greedy],
  ['broken bodies', 4, broken],
  ['prototype pollution', 2, polluting],
  ['admin', 2, managing],
];
const WEIGHED = WAYS.flatMap((way) => Array.from({ length: way[1] }, () => way));

export function hostileBody(dice: Dice, world: World): HostileBody {
  const [kind, , make] = dice.pick(WEIGHED);
  return { kind, body: make(dice, world) };
}
