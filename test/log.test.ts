import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLogger, redact } from '../src/log.ts';
import { createSandbox } from '../src/sandbox/sandbox.ts';

function logged(act: (log: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  act(createLogger('debug', (line) => lines.push(line)));
  expect(lines.length).toBeGreaterThan(0);
  // A redacted line must still be valid JSON.
  for (const line of lines) JSON.parse(line);
  return lines.join('');
}

const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const text = (minLength: number) =>
  fc.string({ unit: fc.constantFrom(...base64url), minLength, maxLength: minLength + 20 });
const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 7, maxLength: 15 });

const AUTH_TOKEN = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const IN_BASE64 = Buffer.from(`AC${AUTH_TOKEN}:${AUTH_TOKEN}`).toString('base64');

/** A secret, and a text that contains it. */
const planted = fc.oneof(
  fc.tuple(text(20), text(20), text(20)).map(([head, body, tail]) => {
    const jwt = `eyJ${head}.${body}.${tail}`;
    return { hidden: body, written: jwt };
  }),
  text(20).map((token) => ({ hidden: token, written: `Bearer ${token}` })),
  text(20).map((token) => ({ hidden: token, written: `authorization: bearer ${token}` })),
  text(20).map((token) => ({ hidden: token, written: `Basic ${token}==` })),
  text(20).map((secret) => ({
    hidden: secret,
    written: `grant_type=x&client_secret=${secret}&client_id=OQ1`,
  })),
  text(20).map((secret) => ({ hidden: secret, written: JSON.stringify({ client_secret: secret }) })),
  text(20).map((secret) => ({ hidden: secret, written: `{ client_secret: '${secret}' }` })),
  text(20).map((secret) => ({ hidden: secret, written: JSON.stringify({ auth_token: secret }, null, 2) })),
  digits.map((number) => ({ hidden: number, written: `+${number}` })),
  digits.map((number) => ({ hidden: number, written: `To=whatsapp%3A%2B${number}` })),
  digits.map((number) => ({ hidden: number, written: `whatsapp:+${number}` })),
  text(20).map((rest) => ({ hidden: rest, written: `tgw_${rest}` })),
  text(20).map((rest) => ({ hidden: rest, written: `eyJ${rest}` })),
  fc.constant({ hidden: AUTH_TOKEN, written: AUTH_TOKEN }),
  fc.constant({ hidden: IN_BASE64, written: IN_BASE64 }),
  fc
    .constantFrom('15551234567', '555-123-4567', '(555) 123-4567', '1 555 123 4567', '5551234567')
    .map((number) => ({ hidden: number, written: number })),
  fc
    .constantFrom('+1 555 123 4567', '+1 (555) 123-4567', '+44.20.7946.0958', '%2B1%20555%20123%204567')
    .map((number) => ({ hidden: number.slice(3), written: number })),
);

const around = fc.constantFrom('', ' ', '"', "'", '(', '\n', 'é', ', ');

/** The parts of a log line that may contain it. */
const places: readonly ((text: string) => [object, string])[] = [
  (it) => [{}, it],
  (it) => [{ path: it }, 'x'],
  (it) => [{ a: { b: [{ c: it }] } }, 'x'],
  (it) => [{ [it]: 1 }, 'x'],
  (it) => [{ err: new Error(it) }, 'x'],
  (it) => [new Error(it), 'x'],
  (it) => [{ err: new Error('x', { cause: new Error(it) }) }, 'x'],
  (it) => [{ err: Object.assign(new Error('x'), { body: it, config: { headers: { a: it } } }) }, 'x'],
  (it) => [{ err: new AggregateError([new Error(it)], 'x') }, 'x'],
];

describe('the log', () => {
  test('shows no token, secret or phone number in any part of a line', () => {
    fc.assert(
      fc.property(planted, around, around, ({ hidden, written }, before, after) => {
        const it = `${before}${written}${after}`;
        for (const place of places) {
          const [object, message] = place(it);
          expect(logged((log) => log.warn(object, message))).not.toContain(hidden);
        }
        expect(logged((log) => log.child({ it }).info('x'))).not.toContain(hidden);
      }),
    );
  });

  test.each(['\n', '\t', '\r\n'])('shows no header after a line break (%j)', (before) => {
    expect(logged((log) => log.info(`sent:${before}Bearer abc-def_0123456789`))).not.toContain('abc-def');
  });

  test.each(['clientSecret', 'client_secret', 'auth_token', 'authToken', 'access_token', 'refresh_token'])(
    'shows no field called %s',
    (name) => {
      expect(logged((log) => log.info({ app: { [name]: 'abc-def_0123456789' } }))).not.toContain('abc-def');
    },
  );

  test('shows no secret of an app or account that is logged by mistake', () => {
    const { apps, accounts } = createSandbox({ messages: 0 });
    const line = logged((log) => log.error({ apps, auth_token: accounts.parent.authToken }, 'oops'));
    for (const { clientSecret, clientId } of apps) {
      expect(line).not.toContain(clientSecret);
      expect(line).toContain(clientId);
    }
    expect(line).not.toContain(accounts.parent.authToken);
  });

  test('keeps numbers, ids and hashes', () => {
    const fields = {
      bytes: 10_737_418_240,
      at: 1_718_000_000_000,
      requestId: '0197f0c2-6d3e-7c1a-9a55-123456789012',
      accountSid: 'AC0123456789abcdef0123456789abcdef',
      twilio: { requestId: 'RQ0123456789abcdef0123456789abcdef' },
      origin: '192.168.100.100',
    };
    expect(JSON.parse(logged((log) => log.info(fields, 'x')))).toMatchObject(fields);
  });

  test('truncates long lines before redaction, but not within a secret', () => {
    const secret = `eyJ${'x'.repeat(300)}`;
    const long = { a: `${'word '.repeat(380)}${secret} tail`, b: ['y'.repeat(50_000)], fine: 'fine' };
    const line = logged((log) => log.info(long, 'what happened'));
    expect(line.length).toBeLessThan(5_000);
    expect(line).not.toContain('xxx');
    expect(JSON.parse(line)).toMatchObject({ msg: 'what happened', fine: 'fine', b: ['[cut]'] });
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`key${index}`, index]));
    const rest = logged((log) => log.info({ requestId: 'case-1', ...many }, 'what happened'));
    expect(JSON.parse(rest)).toMatchObject({
      requestId: 'case-1',
      msg: 'what happened',
      cut: expect.any(Number),
    });
    expect(rest.length).toBeLessThan(500);
  });

  test('keeps text that is not secret', () => {
    const fine =
      'AC0123 20404 /2010-04-01/Accounts 2026-06-15T12:00:00+02:00 client_id=OQ1 1+1 took 12345678 ms';
    expect(redact(fine)).toBe(fine);
  });

  test('respects its level', () => {
    const lines: string[] = [];
    const log = createLogger('warn', (line) => lines.push(line));
    log.info('not this');
    log.warn('this');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'this', time: expect.stringMatching(/Z$/) });
    createLogger('silent', (line) => lines.push(line)).error('nor this');
    expect(lines).toHaveLength(1);
  });
});
