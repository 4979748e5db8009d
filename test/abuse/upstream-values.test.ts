import { describe, expect, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { createFixedStore } from '../../src/store/fixed-store.ts';
import type { UpstreamFetch } from '../../src/twilio/types.ts';
import { createKit, noErrors } from '../kit.ts';

/** A Twilio whose API responses are modified. */
function changing(change: (body: Record<string, unknown>) => void, init: ResponseInit = {}) {
  const sandbox = createSandbox({ messages: 30 });
  const over = {
    ...sandbox,
    fetch: (async (input, given) => {
      const response = await sandbox.fetch(input, given);
      if (!new URL(new Request(input).url).pathname.startsWith('/2010-04-01/')) return response;
      const body = (await response.json()) as Record<string, unknown>;
      change(body);
      return Response.json(body, { status: init.status ?? response.status, headers: init.headers ?? {} });
    }) as UpstreamFetch,
  };
  return createKit({ over });
}

const ofMessages = (fields: object) =>
  changing(({ messages }) => {
    for (const message of (messages as object[]) ?? []) Object.assign(message, fields);
  });

const FIELDS = `numSegments numMedia price priceUnit messagingServiceSid errorCode dateCreated dateSent dateUpdated
  delivery { error { code documentationUrl } }`;

describe('an invalid value from Twilio becomes null, and the rest of the message is unaffected', () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['not a number', { num_segments: 'NaN' }, { numSegments: null }],
    ['an empty text', { num_segments: '', num_media: ' ' }, { numSegments: null, numMedia: null }],
    ['other notations', { num_segments: '0x10', num_media: '1e3' }, { numSegments: null, numMedia: null }],
    ['negative numbers', { num_segments: '-1', num_media: '-0' }, { numSegments: null, numMedia: null }],
    [
      'too large or fractional',
      { num_segments: '9999999999', num_media: '1.5' },
      { numSegments: null, numMedia: null },
    ],
    ['a price in words', { price: 'free' }, { price: null }],
    ['a very long price', { price: `-0.${'0'.repeat(5_000)}` }, { price: null }],
    ['a price in exponential notation', { price: '-7.5e-3' }, { price: null }],
    ['markup', { price: '<b>1</b>', price_unit: '<b>' }, { price: null, priceUnit: null }],
    ['an invalid currency', { price_unit: 'dollars' }, { priceUnit: null }],
    ['a currency sign', { price_unit: '$' }, { priceUnit: null }],
    ['a valid currency in lower case', { price_unit: 'usd' }, { priceUnit: 'USD' }],
    ['a link', { messaging_service_sid: 'javascript:alert(1)' }, { messagingServiceSid: null }],
    [
      'a SID of another kind',
      { messaging_service_sid: `AC${'1'.repeat(32)}` },
      { messagingServiceSid: null },
    ],
    ['a negative code', { error_code: -30003 }, { errorCode: null, delivery: { error: null } }],
    ['a fractional code', { error_code: 30003.5 }, { errorCode: null, delivery: { error: null } }],
    ['an invalid day', { date_sent: 'Sat, 31 Feb 2026 17:44:50 +0000' }, { dateSent: null }],
    ['day 0', { date_created: 'Fri, 00 May 2026 17:44:50 +0000' }, { dateCreated: null }],
    [
      '29 February of a common year',
      { date_created: 'Sun, 29 Feb 2026 17:44:50 +0000' },
      { dateCreated: null },
    ],
    ['an invalid day in ISO 8601', { date_updated: '2026-02-31T00:00:00Z' }, { dateUpdated: null }],
    ['an invalid hour', { date_updated: 'Fri, 24 May 2019 29:44:50 +0000' }, { dateUpdated: null }],
    ['after the year 9999', { date_updated: 'Fri, 31 Dec 9999 23:44:50 -0800' }, { dateUpdated: null }],
    ['before the year 1', { date_updated: 'Sat, 01 Jan 0000 00:00:00 +0800' }, { dateUpdated: null }],
    [
      'one that there is',
      { date_updated: 'Thu, 29 Feb 2024 23:59:59 +0000' },
      { dateUpdated: '2024-02-29T23:59:59.000Z' },
    ],
  ])('%s', async (_, wire, expected) => {
    const kit = ofMessages(wire);
    // From the third time on, the query is compiled.
    for (let time = 0; time < 4; time += 1) {
      const { data } = noErrors(await kit.query(`{ messages(first: 2) { nodes { sid ${FIELDS} } } }`));
      expect(data.messages.nodes).toHaveLength(2);
      expect(data.messages.nodes[0]).toMatchObject(expected);
    }
  });

  test('an owner that is not an account', async () => {
    const kit = changing((body) => {
      body.owner_account_sid = 'https://evil.example/';
    });
    const { data } = noErrors(await kit.query('{ account { ownerAccountSid } }'));
    expect(data.account).toEqual({ ownerAccountSid: null });
  });
});

describe('a message, account or media item without a valid SID is rejected', () => {
  test.each([{ sid: 'SM123' }, { sid: `AC${'1'.repeat(32)}` }, { account_sid: 'javascript:alert(1)' }])(
    '%j: TWILIO_INVALID_RESPONSE',
    async (fields) => {
      const { data, errors } = await ofMessages(fields).query('{ messages(first: 1) { nodes { sid } } }');
      expect(data).toEqual({ messages: null });
      expect(errors).toMatchObject([{ extensions: { code: 'TWILIO_INVALID_RESPONSE' } }]);
      expect(errors?.[0]?.message).not.toContain('javascript');
    },
  );
});

describe("the link in Twilio's error", () => {
  const linkFor = async (more_info: unknown) => {
    const kit = changing(
      (body) => {
        for (const key of Object.keys(body)) delete body[key];
        Object.assign(body, { code: 21999, message: 'No', more_info, status: 400 });
      },
      { status: 400 },
    );
    const { errors } = await kit.query('{ account { sid } }');
    expect(errors?.[0]?.extensions.code).toBe('TWILIO_ERROR');
    const twilio = errors?.[0]?.extensions.twilio as { moreInfo: unknown } | undefined;
    return twilio?.moreInfo;
  };

  test.each([
    'https://www.twilio.com/docs/errors/21999',
    'https://twilio.com/docs/errors/21999',
    'https://help.twilio.com/articles/1',
  ])('%s is accepted', async (link) => {
    expect(await linkFor(link)).toBe(link);
  });

  test.each([
    ['javascript:alert(1)'],
    ['javascript://www.twilio.com/%0aalert(1)'],
    ['data:text/html,<script>'],
    ['http://www.twilio.com/docs/errors/21999'],
    ['https://evil.example/docs/errors/21999'],
    ['https://twilio.com.evil.example/'],
    ['https://eviltwilio.com/'],
    ['https://www.twilio.com@evil.example/'],
    ['https://user:password@www.twilio.com/'],
    ['https://evil.example\\@www.twilio.com/'],
    ['https://www.twilio.com:8443/docs'],
    ['https://www.twilio.com./docs'],
    ['https://www.tw\u0456lio.com/docs'],
    ['//www.twilio.com/docs'],
    ['/docs/errors/21999'],
    ['https://www.twilio.com/docs/+14155550100'],
    [`https://www.twilio.com/${'a'.repeat(250_000)}`],
    [['https://www.twilio.com/docs']],
    [7],
    [null],
  ])('%s is dropped', async (link) => {
    expect(await linkFor(link)).toBeNull();
  });

  test('has no query, which may contain anything', async () => {
    expect(await linkFor('https://www.twilio.com/docs/errors/21999?to=%2B14155550100#x')).toBe(
      'https://www.twilio.com/docs/errors/21999',
    );
  });
});

test("other values in Twilio's errors are repeated only if they are well-formed and short", async () => {
  const long = 'x'.repeat(250_000);
  for (const [code, message] of [
    [70051, `Authorization Error: required permission twilio/messaging/${long} is missing`],
    [70051, `Authorization Error: required permission twilio${'/a'.repeat(125_000)} is missing`],
    [20001, long],
    [1e300, long],
    [-5, long],
  ] as const) {
    const kit = changing(
      (body) => {
        for (const key of Object.keys(body)) delete body[key];
        Object.assign(body, { code, message, more_info: long, status: 400 });
      },
      { status: 400, headers: { 'twilio-request-id': '+14155550100' } },
    );
    const answer = await kit.query('{ account { sid } }');
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors?.[0]?.extensions.twilio).toMatchObject({ requestId: null, moreInfo: null });
    expect(JSON.stringify([answer, kit.lines]).length).toBeLessThan(5_000);
    expect(JSON.stringify(answer)).not.toContain('14155550100');
  }
});

describe('an unknown credential name', () => {
  const LONG = 'n'.repeat(250_000);

  test('is truncated in the error, from the header and from a variable', async () => {
    const kit = createKit();
    const answers = [
      await kit.query('{ account { sid } }', {}, { 'x-twilio-credential': 'n'.repeat(7_000) }),
      await kit.query('query ($n: String!) { credential(nickname: $n) { nickname } }', { n: LONG }),
      await kit.query(`{ credential(nickname: "${LONG}") { nickname } }`),
    ];
    for (const { errors } of answers) {
      expect(errors).toHaveLength(1);
      expect(JSON.stringify(errors).length).toBeLessThan(600);
    }
  });

  test('gets a bounded list of the available names', async () => {
    const [app] = createSandbox({ messages: 0 }).apps;
    if (!app) throw new Error('no app');
    const apps = Array.from({ length: 1_000 }, (_, n) => ({ ...app, nickname: `credential-${n}` }));
    const kit = createKit({ store: createFixedStore(apps) });
    const { errors } = await kit.query('{ account { sid } }', {}, { 'x-twilio-credential': 'none' });
    expect(errors?.[0]?.extensions.code).toBe('CREDENTIAL_UNKNOWN');
    expect(errors?.[0]?.message).toContain('credential-0, credential-1,');
    expect(errors?.[0]?.message).toContain('and 980 more');
    expect(JSON.stringify(errors).length).toBeLessThan(1_000);
  });
});
