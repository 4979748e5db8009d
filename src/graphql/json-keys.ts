/** A key of an object, as it stands in a JSON text. */
export interface JsonKey {
  readonly name: string;
  /** Counts from 1. */
  readonly line: number;
  /** 1 for the keys of the outermost object. */
  readonly depth: number;
  /** Whether the object has this key further up, too. Of several, `JSON.parse` silently keeps the last. */
  readonly isRepeated: boolean;
}

/**
 * Lists the keys of all objects in the order of the text, which `JSON.parse` does not keep.
 *
 * @param text valid JSON
 */
export function jsonKeysOf(text: string): JsonKey[] {
  const keys: JsonKey[] = [];
  /** The names so far in each object or list that is open. */
  const open: Set<string>[] = [];
  let line = 1;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\n') line += 1;
    else if (character === '{' || character === '[') open.push(new Set());
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const start = at;
      for (at += 1; text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
      if (!isBeforeColon(text, at + 1)) continue;
      const name = JSON.parse(text.slice(start, at + 1)) as string;
      const names = open.at(-1) ?? new Set();
      keys.push({ name, line, depth: open.length, isRepeated: names.has(name) });
      names.add(name);
    }
  }
  return keys;
}

const COLON = /\s*:/y;

function isBeforeColon(text: string, from: number): boolean {
  COLON.lastIndex = from;
  return COLON.test(text);
}
