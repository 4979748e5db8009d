import type { Dice } from './dice.ts';
import type { Made } from './documents.ts';
import { HOSTILE_NUMBERS, HOSTILE_STRINGS } from './hostile-values.ts';

const TOKEN = /"(?:[^"\\]|\\.)*"|[\w$@]+|\.\.\.|[^\s\w]/g;

/** Damages a request in one to three places: its text, its variables, or its other parameters. */
export function mutate(made: Made, dice: Dice): Record<string, unknown> {
  const body: Record<string, unknown> = { ...made };
  for (let times = 1 + dice.int(3); times > 0; times -= 1) dice.pick(WAYS)(body, dice);
  return body;
}

type Way = (body: Record<string, unknown>, dice: Dice) => void;

const inTokens =
  (change: (tokens: string[], at: number, dice: Dice) => void): Way =>
  (body, dice) => {
    if (typeof body.query !== 'string') return;
    const tokens = body.query.match(TOKEN) ?? [];
    if (tokens.length === 0) return;
    change(tokens, dice.int(tokens.length), dice);
    body.query = tokens.join(' ');
  };

const ODD_VALUES: readonly unknown[] = [
  null,
  [],
  {},
  [[]],
  true,
  { __proto__: null, a: 1 },
  ...HOSTILE_NUMBERS,
];

const WAYS: readonly Way[] = [
  inTokens((tokens, at) => void tokens.splice(at, 1)),
  inTokens((tokens, at) => void tokens.splice(at, 0, tokens[at] ?? '')),
  inTokens((tokens, at, dice) => {
    const other = dice.int(tokens.length);
    [tokens[at], tokens[other]] = [tokens[other] ?? '', tokens[at] ?? ''];
  }),
  inTokens((tokens, at, dice) => {
    tokens[at] = JSON.stringify(dice.pick(HOSTILE_STRINGS));
  }),
  inTokens((tokens, at, dice) => {
    tokens[at] = dice.pick([
      '{',
      '}',
      '(',
      ')',
      '@include',
      '@defer',
      '@',
      '...',
      '$',
      '!',
      'null',
      '""" x """',
      '#',
      '&',
      '\0',
    ]);
  }),
  inTokens((tokens, at, dice) => {
    tokens[at] = dice.pick([
      '__schema',
      '__type',
      'node',
      'query',
      'mutation',
      'subscription',
      'fragment',
      'on',
      '__proto__',
    ]);
  }),
  (body, dice) => {
    if (typeof body.query === 'string') body.query = body.query.slice(0, dice.int(body.query.length));
  },
  (body, dice) => {
    const variables = (body.variables ?? {}) as Record<string, unknown>;
    const name = dice.pick([...Object.keys(variables), 'extra']);
    body.variables = {
      ...variables,
      [name]: dice.pick<unknown>([
        ...ODD_VALUES,
        ...HOSTILE_STRINGS,
        { [name]: variables[name] },
        [variables[name]],
      ]),
    };
  },
  (body, dice) => {
    body[dice.pick(['query', 'variables', 'operationName', 'documentId', 'extensions', 'extra'])] =
      dice.pick<unknown>([...ODD_VALUES, ...HOSTILE_STRINGS]);
  },
  (body, dice) => {
    delete body[dice.pick(['query', 'variables', 'operationName'])];
  },
];
