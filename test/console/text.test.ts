import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeVisible } from '../../console/src/text/visible.ts';

const hidden = (text: string) => makeVisible(text).flatMap(({ hidden: name }) => name ?? []);

/** Of any characters, most of them ones that are treated specially. */
const TEXT = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0x10_ff_ff }),
      fc.constantFrom(9, 10, 13, 0x20_0d, 0x20_2e, 0x1_f4_69),
    ),
  )
  .map((codes) => String.fromCodePoint(...codes));

describe('the text of a message', () => {
  test('names characters that change the direction or have no width', () => {
    expect(hidden('pay\u202Egpj.exe')).toEqual(['U+202E right-to-left override']);
    expect(hidden('a\u200Bb\u2066c\uFEFF')).toEqual([
      'U+200B zero width space',
      'U+2066 left-to-right isolate',
      'U+FEFF byte order mark',
    ]);
    expect(hidden('\u001B[31mred\u0000')).toEqual(['U+001B control character', 'U+0000 control character']);
    expect(hidden('tag\u{E0041}')).toEqual(['U+E0041 invisible character']);
  });

  test('leaves joiners where they belong to what is seen', () => {
    expect(hidden('👩‍👩‍👧‍👦 می‌خواهم क्‍ष')).toEqual([]);
    expect(hidden('pay\u200Dpal')).toEqual(['U+200D zero width joiner']);
  });

  test('keeps its lines', () => expect(hidden('one\r\ntwo\nthree\tfour')).toEqual([]));

  test('is the same text, whatever is in it', () => {
    fc.assert(
      fc.property(TEXT, (text) => {
        expect(
          makeVisible(text)
            .map(({ text: part }) => part)
            .join(''),
        ).toBe(text);
      }),
    );
  });
});
