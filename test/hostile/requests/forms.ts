import type { Dice } from '../../fuzz/dice.ts';
import type { World } from '../../fuzz/documents.ts';
import { HOSTILE_STRINGS } from '../../fuzz/hostile-values.ts';
import type { Parts } from './write.ts';

/** A browser with a session and one of its forms. */
export interface Browser {
  readonly cookie: string;
  readonly token: string;
}

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  '/login': ['key'],
  '/credentials/check': ['nickname', 'clientId', 'clientSecret', 'accountSid'],
  '/credentials/add': ['reviewed'],
  '/credentials/rename': ['id', 'nickname'],
  '/credentials/rotate': ['id', 'clientSecret'],
  '/credentials/recheck': ['id'],
  '/credentials/keys/create': ['name', 'credential', 'dateExpires', 'role'],
  '/credentials/keys/revoke': ['id'],
  '/oauth/start': ['nickname', 'clientId', 'clientSecret'],
  '/logout': [],
  '/credentials': ['id'],
};
const ROUTES = Object.keys(FIELDS);

/** A form of the credentials page, sent by its own browser or by another client. */
export function hostileForm(dice: Dice, world: World, browser: Browser): Parts {
  const target = dice.pick(ROUTES);
  const known = dice.chance(0.7);
  const form = new URLSearchParams();
  form.append('token', known ? browser.token : dice.pick(HOSTILE_STRINGS));
  for (const name of FIELDS[target] ?? []) {
    for (let times = dice.chance(0.1) ? 3 : 1; times > 0; times -= 1) {
      const good = name === 'id' || name === 'credential' ? world.ID : undefined;
      // No ADMIN key is created, because the gateway would require keys afterwards.
      const value =
        name === 'role' ? 'READER' : good && dice.chance(0.2) ? dice.pick(good) : dice.pick(HOSTILE_STRINGS);
      form.append(name, String(value));
    }
  }
  if (dice.chance(0.05)) form.append('pad', 'x'.repeat(70_000));
  return {
    target,
    body: form.toString(),
    headers: {
      'content-type': dice.chance(0.9)
        ? 'application/x-www-form-urlencoded'
        : 'multipart/form-data; boundary=x',
      ...(known ? { cookie: browser.cookie } : {}),
      ...(dice.chance(0.2) ? { origin: dice.pick(['https://evil.example', 'null']) } : {}),
    },
  };
}
