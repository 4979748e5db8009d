/** A part of a text: as it is, or the name of a character that cannot be seen. */
export interface TextPart {
  readonly text: string;
  /** What the character is called, e.g. `U+202E right-to-left override`. */
  readonly hidden?: string;
}

const NAMES: Readonly<Record<number, string>> = {
  173: 'soft hyphen',
  1564: 'Arabic letter mark',
  6158: 'Mongolian vowel separator',
  8203: 'zero width space',
  8204: 'zero width non-joiner',
  8205: 'zero width joiner',
  8206: 'left-to-right mark',
  8207: 'right-to-left mark',
  8232: 'line separator',
  8233: 'paragraph separator',
  8234: 'left-to-right embedding',
  8235: 'right-to-left embedding',
  8236: 'pop directional formatting',
  8237: 'left-to-right override',
  8238: 'right-to-left override',
  8288: 'word joiner',
  8294: 'left-to-right isolate',
  8295: 'right-to-left isolate',
  8296: 'first strong isolate',
  8297: 'pop directional isolate',
  65279: 'byte order mark',
};

/** Control characters but line feed and tab, format characters, and unassigned tags. */
const HIDDEN = /[\p{Cc}\p{Cf}\u2028\u2029\u115f\u1160\u3164\uffa0]/gu;
/** In these, a joiner belongs to what is seen: emoji of several persons, and scripts that join letters. */
const JOINED =
  /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f|\p{Script=Arabic}|\p{Script=Devanagari}|\p{Script=Bengali}|\p{Script=Tamil}|\p{Script=Malayalam}|\p{Script=Kannada}|\p{Script=Telugu}|\p{Script=Sinhala}/u;

/**
 * Splits a text so that what cannot be seen can be shown: characters that change the direction, have no width, or
 * control a terminal. Senders use them to make a text look like another one.
 */
export function makeVisible(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(HIDDEN)) {
    const [char] = match;
    const { index } = match;
    if (char === '\n' || char === '\t' || (char === '\r' && text[index + 1] === '\n')) continue;
    const code = char.codePointAt(0) ?? 0;
    if ((code === 0x20_0d || code === 0x20_0c) && isJoiner(text, index)) continue;
    if (index > from) parts.push({ text: text.slice(from, index) });
    parts.push({ text: char, hidden: nameOf(code) });
    from = index + char.length;
  }
  if (from < text.length || parts.length === 0) parts.push({ text: text.slice(from) });
  return parts;
}

function isJoiner(text: string, index: number): boolean {
  const before = [...text.slice(Math.max(0, index - 2), index)].at(-1) ?? '';
  const after = String.fromCodePoint(text.codePointAt(index + 1) ?? 0x20);
  return JOINED.test(before) && JOINED.test(after);
}

function nameOf(code: number): string {
  const hex = code.toString(16).toUpperCase().padStart(4, '0');
  const name =
    NAMES[code] ??
    (code < 0x20 || (code > 0x7e && code < 0xa0) ? 'control character' : 'invisible character');
  return `U+${hex} ${name}`;
}
