import type { Dice } from './dice.ts';
import { HOSTILE_NUMBERS, HOSTILE_STRINGS } from './hostile-values.ts';

/** Values that Twilio sends, in misleading forms. */
const PAGE_URIS: readonly string[] = [
  'https://evil.example/2010-04-01/Accounts.json?Page=1&PageToken=PA1',
  '//evil.example/?Page=1&PageToken=x',
  'http://[::1]:9/?PageToken=',
  '?PageToken=%ZZ&Page=1',
  '/x?Page=-1&PageToken=%00',
  'Page=1&PageToken=PASM',
  'javascript:alert(1)',
  `?Page=${'9'.repeat(300)}&PageToken=${'A'.repeat(5_000)}`,
  '?Page=1&PageToken=@evil.example/#',
  '/2010-04-01/Accounts.json?Page=1&Page=2&PageToken=a&PageToken=b',
];

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

/** JSON that JSON.stringify would not write. */
const RAW: readonly string[] = [
  '1e400',
  '-1e400',
  '12345678901234567890123',
  '"\\ud800"',
  '"\\u0000"',
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  '{"toString":1,"valueOf":null,"then":{}}',
  deep(2_000),
  '{"then":"x"}',
];

/** Damages a response of Twilio: fields missing, of wrong types, huge, nested, or not JSON at all. */
export function mangle(text: string, dice: Dice): string {
  if (dice.chance(0.04)) return text.slice(0, dice.int(text.length));
  if (dice.chance(0.04))
    return dice.pick(['', 'null', '[]', '1', '"x"', '{}', deep(100_000), '\ufeff{}', ...RAW]);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  const raw: string[] = [];
  for (let times = 1 + dice.int(4); times > 0; times -= 1) damage(value, dice, raw);
  return JSON.stringify(value).replace(/"RAW(\d+)RAW"/g, (_, index) => raw[Number(index)] ?? 'null');
}

function damage(value: unknown, dice: Dice, raw: string[]): void {
  let at = value as Record<string, unknown>;
  for (;;) {
    const keys = Object.keys(at);
    if (keys.length === 0) return;
    const key = dice.pick(keys);
    const inner = at[key];
    if (typeof inner === 'object' && inner !== null && Object.keys(inner).length > 0 && dice.chance(0.85)) {
      at = inner as Record<string, unknown>;
      continue;
    }
    if (dice.chance(0.15)) delete at[key];
    else at[key] = key.endsWith('_uri') && dice.chance(0.7) ? dice.pick(PAGE_URIS) : other(inner, dice, raw);
    return;
  }
}

function other(value: unknown, dice: Dice, raw: string[]): unknown {
  switch (dice.int(7)) {
    case 0:
      return null;
    case 1:
      return dice.pick([true, false, [], {}, [value], { value }]);
    case 2:
      return dice.pick(HOSTILE_NUMBERS);
    case 3:
      return String(value).toUpperCase();
    case 4:
      raw.push(dice.pick(RAW));
      return `RAW${raw.length - 1}RAW`;
    case 5:
      return typeof value === 'string' ? Number(value) || 7 : String(value);
    default:
      return dice.pick(HOSTILE_STRINGS);
  }
}
