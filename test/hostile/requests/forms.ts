import type { Dice } from '../../fuzz/dice.ts';
import { HOSTILE_STRINGS } from '../../fuzz/hostile-values.ts';
import type { Parts } from './write.ts';

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  '/login': ['key'],
  '/logout': [],
  '/oauth/consent': ['nickname', 'clientId', 'clientSecret'],
  '/credentials': ['id'],
};
const ROUTES = Object.keys(FIELDS);

/** A form of the sign-in, or JSON of the console, sent by its own browser or by another client. */
export function hostileForm(
  dice: Dice,
  { cookie, origin }: { readonly cookie: string; readonly origin: string },
): Parts {
  const target = dice.pick(ROUTES);
  const fields: [string, string][] = [];
  for (const name of FIELDS[target] ?? []) {
    for (let times = dice.chance(0.1) ? 3 : 1; times > 0; times -= 1) {
      fields.push([name, String(dice.pick(HOSTILE_STRINGS))]);
    }
  }
  if (dice.chance(0.05)) fields.push(['pad', 'x'.repeat(70_000)]);
  const isJson = dice.chance(0.4);
  const type = isJson ? 'application/json' : 'application/x-www-form-urlencoded';
  return {
    target,
    body: isJson ? JSON.stringify(Object.fromEntries(fields)) : new URLSearchParams(fields).toString(),
    headers: {
      'content-type': dice.chance(0.9) ? type : 'multipart/form-data; boundary=x',
      'sec-fetch-site': 'same-origin',
      'x-gateway-session': '1',
      ...(dice.chance(0.7) ? { cookie } : {}),
      origin: dice.chance(0.2) ? dice.pick(['https://evil.example', 'null']) : origin,
    },
  };
}
