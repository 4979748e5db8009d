import { getOperationAST, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/config/limits.ts';
import { createPreparedOperations } from '../../src/graphql/prepared-operation.ts';
import { createQueryCosts } from '../../src/graphql/query-cost.ts';
import { schema } from '../../src/schema/index.ts';
import { heapHeld } from '../heap.ts';
import { createKit } from '../kit.ts';

/** As large as MAX_TOKENS allows, each with a different text. */
const large = (number: number) => `{ ${'__typename '.repeat(4_990)}} #${number}`;

describe('prepared operations', () => {
  const open = () => {
    const costs = createQueryCosts({ schema, scanBudget: 5_000, ...DEFAULT_LIMITS });
    const operations = createPreparedOperations(schema, costs);
    const add = (query: string, operationName?: string) => {
      const document = parse(query);
      const operation = getOperationAST(document, operationName);
      if (!operation) throw new Error('The query has an operation.');
      return operations.add(query, { document, operationName }, operation);
    };
    return { add, get: operations.get };
  };

  test('are found by their text and operation name', () => {
    const { add, get } = open();
    const query = 'query A { viewer { name } } query B { viewer { role } }';
    const a = add(query, 'A');
    const b = add(query, 'B');
    expect([get(query, 'A'), get(query, 'B')]).toEqual([a, b]);
    expect(a.operation.name?.value).toBe('A');
    expect(get(query, undefined)).toBeUndefined();
    expect(get(query, '')).toBeUndefined();
    expect(get(`A${query}`, undefined)).toBeUndefined();
  });

  test('are compiled on the third execution', () => {
    const prepared = open().add('{ viewer { name } }');
    expect([prepared.compiled(), prepared.compiled()]).toEqual([null, null]);
    const compiled = prepared.compiled();
    expect(compiled).toBeTypeOf('function');
    expect(prepared.compiled()).toBe(compiled);
  });

  test('of the usual size are cached by the hundreds, of the largest only a few', { timeout: 60_000 }, () => {
    const cachedOf = (textOf: (number: number) => string, count = 400) => {
      const { add, get } = open();
      const texts = Array.from({ length: count }, (_, number) => textOf(number));
      for (const text of texts) add(text);
      return texts.filter((text) => get(text, undefined)).length;
    };
    const usual = (number: number) => `query Q${number} { ${'account { sid } '.repeat(20)} }`;
    expect(cachedOf(usual)).toBe(400);
    expect(cachedOf((number) => `{ a${number}: __typename }`, 800)).toBe(500);
    const largest = cachedOf(large, 50);
    expect(largest).toBeGreaterThan(5);
    expect(largest).toBeLessThan(20);
    // A text with few tokens, but large.
    expect(cachedOf((number) => `{ viewer { name } } #${number}${' '.repeat(250_000)}`)).toBeLessThan(150);
  });
});

describe('memory is freed', () => {
  test('after any number of large queries, even without a key', { timeout: 60_000 }, async () => {
    const kit = createKit({ config: { adminKey: 'an-admin-key-of-32-characters-or-more' } });
    const send = async (from: number, to: number) => {
      for (let number = from; number < to; number += 1) {
        expect((await kit.query(large(number))).data).toBeUndefined();
        await kit.query(`{ ${number} ${'x'.repeat(200_000)}`);
      }
    };
    await send(0, 20);
    const before = await heapHeld();
    await send(20, 120);
    // A hundred of them take 240 MiB, and their texts 20.
    expect((await heapHeld()) - before).toBeLessThan(60);
  });

  test('after any number of compiled queries', { timeout: 60_000 }, async () => {
    const kit = createKit();
    const fields =
      'id sid friendlyName status type ownerAccountSid dateCreated dateUpdated hasCredential __typename';
    const query = Array.from({ length: 99 }, (_, number) => `a${number}: account { ${fields} }`).join('\n');
    const send = async (from: number, to: number) => {
      for (let number = from; number < to; number += 1) {
        for (let time = 0; time < 4; time += 1) {
          expect((await kit.query(`{ ${query} } #${number}`)).errors).toBeUndefined();
        }
      }
    };
    await send(0, 50);
    const before = await heapHeld();
    await send(50, 90);
    // Forty take more than 40 MiB.
    expect((await heapHeld()) - before).toBeLessThan(20);
  });
});
