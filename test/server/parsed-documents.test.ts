import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createParsedDocuments } from '../../src/server/parsed-documents.ts';
import { heapHeld } from '../heap.ts';
import { createKit } from '../kit.ts';

/** As large as MAX_TOKENS allows, and each another text. */
const large = (number: number) => `{ ${'__typename '.repeat(4_990)}} #${number}`;

describe('parsed documents', () => {
  test('are found again by their text', () => {
    const { documentCache } = createParsedDocuments();
    const document = parse('{ viewer { name } }');
    documentCache.set('{ viewer { name } }', document);
    expect(documentCache.get('{ viewer { name } }')).toBe(document);
    expect(documentCache.get('{ viewer { role } }')).toBeUndefined();
  });

  test('of the usual size are kept by the hundreds, of the largest a few', () => {
    const keptOf = (textOf: (number: number) => string, count = 400) => {
      const { documentCache } = createParsedDocuments();
      const texts = Array.from({ length: count }, (_, number) => textOf(number));
      for (const text of texts) documentCache.set(text, parse(text));
      return texts.filter((text) => documentCache.get(text)).length;
    };
    const usual = (number: number) => `query Q${number} { ${'account { sid } '.repeat(20)} }`;
    expect(keptOf(usual)).toBe(400);
    expect(keptOf((number) => `{ a${number}: __typename }`, 800)).toBe(500);
    expect(keptOf(large)).toBeGreaterThan(5);
    expect(keptOf(large)).toBeLessThan(20);
    // A text of few tokens, but large.
    expect(keptOf((number) => `{ viewer { name } } #${number}${' '.repeat(250_000)}`)).toBeLessThan(100);
  });
});

describe('memory comes back', () => {
  test('however many large queries are asked, even without a key', { timeout: 60_000 }, async () => {
    const kit = createKit({ config: { adminKey: 'an-admin-key-of-32-characters-or-more' } });
    const ask = async (from: number, to: number) => {
      for (let number = from; number < to; number += 1) {
        expect((await kit.query(large(number))).data).toBeUndefined();
        await kit.query(`{ ${number} ${'x'.repeat(200_000)}`);
      }
    };
    await ask(0, 20);
    const before = await heapHeld();
    await ask(20, 120);
    // A hundred of them are 240 MiB, and their texts 20.
    expect((await heapHeld()) - before).toBeLessThan(60);
  });

  test('however many are asked so often that they are compiled', { timeout: 60_000 }, async () => {
    const kit = createKit();
    const fields =
      'id sid friendlyName status type ownerAccountSid dateCreated dateUpdated hasCredential __typename';
    const query = Array.from({ length: 99 }, (_, number) => `a${number}: account { ${fields} }`).join('\n');
    const ask = async (from: number, to: number) => {
      for (let number = from; number < to; number += 1) {
        for (let time = 0; time < 4; time += 1) {
          expect((await kit.query(`{ ${query} } #${number}`)).errors).toBeUndefined();
        }
      }
    };
    await ask(0, 50);
    const before = await heapHeld();
    await ask(50, 130);
    // Eighty are more than 80 MiB.
    expect((await heapHeld()) - before).toBeLessThan(40);
  });
});
