import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWithin } from '../../src/twilio/response-limits.ts';

const LIMITS = { bytes: 1024 * 1024, values: 40 };
const MAX_DEPTH = 64;

/** A reference implementation that examines each character of a text. */
function problemOf(text: string, maxValues = LIMITS.values): string | undefined {
  let depth = 0;
  let values = 1;
  let isString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (isString) {
      if (character === '\\') at += 1;
      else if (character === '"') isString = false;
    } else if (character === '"') {
      isString = true;
    } else if ('[{'.includes(character)) {
      depth += 1;
      values += 1;
      if (depth > MAX_DEPTH) return 'it is nested too deeply';
    } else if (']}'.includes(character)) {
      depth -= 1;
    } else if (character === ',') {
      values += 1;
      if (values > maxValues) return 'it has too many values';
    }
  }
  return undefined;
}

/** The expected result: the value of a text, or the message of an error. */
function expected(text: string): unknown {
  const problem = problemOf(text);
  if (problem) return problem;
  try {
    return { json: JSON.parse(text) };
  } catch {
    return 'SyntaxError';
  }
}

function actual(text: string): unknown {
  try {
    return { json: parseWithin(LIMITS, text) };
  } catch (error) {
    return error instanceof SyntaxError ? 'SyntaxError' : (error as Error).message;
  }
}

/** Makes a text longer than those parsed before counting, with the same values. */
const lengthen = (text: string) => text + ' '.repeat(64 * 1024);

describe('limits of a response', () => {
  const nested = fc
    .tuple(fc.integer({ min: 60, max: 68 }), fc.constantFrom(['[', ']'], ['{"a":', '}']))
    .map(([depth, [open = '', close = '']]) => `${open.repeat(depth)}1${close.repeat(depth)}`);
  const wide = fc
    .tuple(fc.integer({ min: 30, max: 45 }), fc.constantFrom('1', '{}', '[]', '","', '{"a":[],"b":{}}'))
    .map(([count, item]) => `[${Array(count).fill(item).join()}]`);
  const broken = fc.string({ unit: fc.constantFrom('[', ']', '{', '}', ',', '"', '\\', ':', '1', ' ') });
  const texts = fc.oneof(fc.json({ maxDepth: 5 }), nested, wide, broken);

  it('are the same for a short and a long text', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(actual(text)).toEqual(expected(text));
        expect(actual(lengthen(text))).toEqual(expected(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['40 values', `[${Array(39).fill('1').join()}]`],
    ['64 levels', `${'['.repeat(64)}${']'.repeat(64)}`],
    ['brackets and commas in strings', JSON.stringify(['[{,'.repeat(100)])],
  ])('allow %s', (_, text) => {
    expect(parseWithin({ ...LIMITS, values: 65 }, text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['41 values', 40, `[${Array(40).fill('1').join()}]`, 'it has too many values'],
    ['65 levels', 100, `${'['.repeat(65)}${']'.repeat(65)}`, 'it is nested too deeply'],
    ['65 levels of invalid JSON', 100, '['.repeat(65), 'it is nested too deeply'],
    ['a text that is too long', 100, ' '.repeat(LIMITS.bytes + 1), `it has more than ${LIMITS.bytes} bytes`],
  ])('reject %s', (_, values, text, message) => {
    expect(() => parseWithin({ ...LIMITS, values }, text)).toThrow(message);
  });

  it('count a repeated key once in a short text: the parser drops the first value', () => {
    const twice = `{${Array(50).fill('"a":1').join()}}`;
    expect(parseWithin(LIMITS, twice)).toEqual({ a: 1 });
    expect(() => parseWithin(LIMITS, lengthen(twice))).toThrow('it has too many values');
  });
});
