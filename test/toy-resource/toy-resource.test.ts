import { expect, test } from 'vitest';
import { decodeGlobalId } from '../../src/schema/global-id.ts';
import { CALL_SID } from './sandbox.ts';
import './schema.ts';

// After the resource and its schema file: the schema is built when it is imported, and nothing in src names the resource.
const { CACHE, createKit, noErrors } = await import('../kit.ts');
const { openTelemetry } = await import('../../src/telemetry/open.ts');
const { DEFAULT_LIMITS } = await import('../../src/config/limits.ts');

const PERMISSIONS = [
  '/twilio/messaging/*',
  '/twilio/iam/*',
  '/twilio/voice/calls/read',
  '/twilio/voice/calls/list',
];
const QUERY = `{ call(sid: "${CALL_SID}") { id sid to } }`;

function kitWithCalls(options: Parameters<typeof createKit>[0] = {}, permissions = PERMISSIONS) {
  const kit = createKit(options);
  kit.sandbox.setPermissions(kit.sandbox.apps[0]?.clientId ?? '', permissions);
  return { ...kit, parent: kit.sandbox.accounts.parent };
}

test('is read with one call, once for all fields that ask for it', async () => {
  const { countCalls, query, sandbox, parent } = { ...kitWithCalls() };
  const kit = { countCalls, query, sandbox };
  const { data, calls } = noErrors(
    await kit.countCalls(`{ a: call(sid: "${CALL_SID}") { to } b: call(sid: "${CALL_SID}") { sid } }`),
  );
  expect(data).toEqual({ a: { to: '+14155550100' }, b: { sid: CALL_SID } });
  expect(calls).toEqual([`GET /2010-04-01/Accounts/${parent.sid}/Calls/${CALL_SID}.json`]);
});

test('is null where it does not exist, and a malformed SID reaches no path', async () => {
  const kit = kitWithCalls();
  expect(noErrors(await kit.query(`{ call(sid: "CA${'2'.repeat(32)}") { sid } }`)).data).toEqual({
    call: null,
  });
  const { errors, calls } = await kit.countCalls('{ call(sid: "../Messages") { sid } }');
  expect(errors?.[0]?.extensions.code).toBe('TWILIO_INVALID_RESPONSE');
  expect(calls).toEqual([]);
});

test('has a global id that leads back to it', async () => {
  const kit = kitWithCalls();
  const { id } = noErrors(await kit.query(QUERY)).data.call;
  expect(decodeGlobalId(id)).toEqual({ typename: 'Call', id: `${kit.parent.sid}:${CALL_SID}` });
  const { data } = noErrors(await kit.query(`{ node(id: "${id}") { ... on Call { sid } } }`));
  expect(data.node).toEqual({ sid: CALL_SID });
});

test('has its own label in the metrics', async () => {
  const { telemetry, close } = await openTelemetry({ metrics: true, tracing: undefined } as never);
  const kit = kitWithCalls({ telemetry });
  noErrors(await kit.query(QUERY));
  const text = (await telemetry.exposition?.())?.text ?? '';
  expect(text).toMatch(/upstream_requests_total\{endpoint="call",code="200"\} 1/);
  expect(text).toMatch(/reads_total\{endpoint="call",source="upstream"\} 1/);
  await close();
});

test('says in extensions.stale that it is old', async () => {
  const stale = { maxMs: 60_000, maxBytes: 2 ** 20 };
  const kit = kitWithCalls({ config: { resilience: { circuit: { failures: 0, openMs: 5_000 }, stale } } });
  const headers = { 'cache-control': 'stale-if-error=60' };
  noErrors(await kit.query(QUERY, {}, headers));
  kit.sandbox.set({ fail503: 1 });
  const answer = (await kit.query(QUERY, {}, headers)) as { extensions?: unknown; errors?: unknown };
  expect(answer.errors).toBeUndefined();
  expect(answer.extensions).toMatchObject({
    stale: { reads: [{ read: 'call', accountSid: kit.parent.sid, age: expect.any(Number) }] },
  });
});

test('counts against the budget of calls', async () => {
  const kit = kitWithCalls({ config: { limits: { ...DEFAULT_LIMITS, maxUpstreamCalls: 2 } } });
  const aliases = [1, 2, 3].map((digit) => `c${digit}: call(sid: "CA${String(digit).repeat(32)}") { sid }`);
  const { errors, calls } = await kit.countCalls(`{ ${aliases.join(' ')} }`);
  expect(calls).toHaveLength(2);
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UPSTREAM_CALL_LIMIT']);
});

test('is cached as its descriptor says, as a read and as a whole response', async () => {
  const kit = kitWithCalls({ config: { cache: CACHE } });
  const counts: number[] = [];
  for (let times = 0; times < 4; times += 1) {
    counts.push(noErrors(await kit.countCalls(QUERY)).calls.length);
  }
  expect(counts).toEqual([1, 1, 0, 0]);
  expect(kit.lines.filter((line) => line.includes('"kept":true')).length).toBeGreaterThan(0);
});

test('has its permissions probed, shown in the schema, and named where one is missing', async () => {
  const kit = kitWithCalls({}, ['/twilio/messaging/*', '/twilio/voice/calls/list']);
  const { data } = noErrors(
    await kit.query('{ credentials { permissions { permission twilioName granted } } }'),
  );
  const found = data.credentials[0].permissions.filter(({ permission }: { permission: string }) =>
    permission.startsWith('CALLS'),
  );
  expect(found).toEqual([
    { permission: 'CALLS_READ', twilioName: '/twilio/voice/calls/read', granted: false },
    { permission: 'CALLS_LIST', twilioName: '/twilio/voice/calls/list', granted: true },
  ]);
  const { errors } = await kit.query(QUERY);
  expect(errors?.[0]?.extensions).toMatchObject({
    code: 'TWILIO_PERMISSION_MISSING',
    permission: '/twilio/voice/calls/read',
  });
});
