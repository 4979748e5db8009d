import { inflateRawSync } from 'node:zlib';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';

/** Texts that appear nowhere but in the personal data of messages. */
export interface Canaries {
  readonly bodies: ReadonlySet<string>;
  readonly numbers: ReadonlySet<string>;
}

const CHANNELS = ['', 'whatsapp:', 'rcs:'];

/** A sandbox with 5,000 messages that each have a body and a number of their own: 10,000 canaries. */
export function createPlantedSandbox(): { sandbox: Sandbox; canaries: Canaries } {
  const sandbox = createSandbox({ messages: 50 });
  const bodies = new Set<string>();
  const numbers = new Set<string>();
  for (let index = 0; index < 5_000; index += 1) {
    const body = `canary${(index * 7919 + 1_000_003).toString(36)}x`;
    const number = `1628${String(2_000_000 + index * 397).slice(0, 7)}`;
    bodies.add(body);
    numbers.add(number);
    const person = `${CHANNELS[index % 3]}+${number}`;
    const isInbound = index % 4 === 0;
    sandbox.addMessage(index % 10 === 0 ? 'active' : 'parent', {
      body,
      ...(isInbound ? { direction: 'inbound', from: person, status: 'received' } : { to: person }),
      ...(index % 5 === 1
        ? { status: 'failed', error_code: 21211, error_message: `The 'To' number ${person} is not valid` }
        : {}),
      num_media: index % 50 === 0 ? '1' : '0',
    });
  }
  return { sandbox, canaries: { bodies, numbers } };
}

/** The canaries in a text, and in whatever it contains in base64url, inflated or not. */
export function findCanaries(text: string, { bodies, numbers }: Canaries): ReadonlySet<string> {
  const found = new Set<string>();
  const search = (part: string) => {
    for (const [match] of part.matchAll(/canary[0-9a-z]+x/g)) if (bodies.has(match)) found.add(match);
    for (const [match] of part.matchAll(/\d{10,}/g)) {
      for (let start = 0; start + 11 <= match.length; start += 1) {
        const digits = match.slice(start, start + 11);
        if (numbers.has(digits)) found.add(digits);
      }
    }
  };
  search(text);
  const words = new Set(text.match(/[\w-]{24,}/g));
  for (const encoded of words) {
    // A SID encodes nothing.
    if (/^[A-Z]{2}[0-9a-f]{32}$/.test(encoded)) continue;
    const bytes = Buffer.from(encoded, 'base64url');
    const decoded = bytes.toString('latin1');
    search(decoded);
    if (/^[ -~]*$/.test(decoded)) continue;
    try {
      search(inflateRawSync(bytes).toString('latin1'));
    } catch {
      // Not compressed.
    }
  }
  return found;
}
