import type { Dice } from '../../fuzz/dice.ts';
import type { ToSend } from '../raw-http.ts';
import { ADMIN_KEY, STRANGERS_NUMBER, type Target } from '../target.ts';
import { hostileBody } from './bodies.ts';
import { hostileForm } from './forms.ts';
import { hostileHeaders } from './headers.ts';
import { hostilePath } from './paths.ts';
import { hostileWire } from './wire.ts';
import { writeRequest } from './write.ts';

export interface HostileRequest {
  readonly kind: string;
  readonly send: ToSend;
  /** The caller: only an ADMIN may see everything. If no key is required, every caller is one. */
  readonly by: 'stranger' | 'reader' | 'admin';
}

export type MakeRequest = (dice: Dice) => HostileRequest;

/** Creates random requests for one target. */
export function requestsFor({ world: found, readerKey, visitor, port }: Target): MakeRequest {
  const world = { ...found, Address: [...(found.Address ?? []), STRANGERS_NUMBER] };
  const browser = {
    cookie: [...visitor.jar].map((pair) => pair.join('=')).join('; '),
    origin: `http://127.0.0.1:${port}`,
  };
  const keyless = readerKey === null;
  const callers = [
    { by: 'stranger', headers: {} },
    { by: 'reader', headers: { authorization: `Bearer ${readerKey}` } },
    { by: 'reader', headers: { authorization: `Bearer ${readerKey}` } },
    { by: 'admin', headers: { authorization: `Bearer ${ADMIN_KEY}` } },
  ] as const;

  return (dice) => {
    const { by, headers: identity } = keyless ? { by: 'admin' as const, headers: {} } : dice.pick(callers);
    const of = (kind: string, bytes: Buffer): HostileRequest => ({
      kind,
      by,
      send: { pieces: [bytes], responses: 1 },
    });
    const odd = (share: number) => (dice.chance(share) ? hostileHeaders(dice, world) : {});
    const throwOf = dice.int(20);
    if (throwOf < 3) return { kind: 'wire', by: keyless ? 'admin' : 'stranger', send: hostileWire(dice) };
    if (throwOf < 6) {
      const { headers, ...parts } = hostilePath(dice, world);
      return of('paths', writeRequest({ ...parts, headers: { ...identity, ...headers, ...odd(0.3) } }));
    }
    if (throwOf < 8) return { ...of('forms', writeRequest(hostileForm(dice, browser))), by: 'admin' };
    const { kind, body } = hostileBody(dice, world);
    const hostile = odd(0.25);
    return of(
      'accept' in hostile || Object.keys(hostile).length === 0 ? kind : `${kind}, odd headers`,
      writeRequest({ body, headers: { ...identity, ...hostile } }),
    );
  };
}
