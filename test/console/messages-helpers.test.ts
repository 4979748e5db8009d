import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { filterByCell, personOf } from '../../console/src/messages/cell-filter.ts';
import { COLUMNS, printColumns, readColumns } from '../../console/src/messages/columns.ts';
import {
  graphiqlHref,
  listOperation,
  messageOperation,
  toCurl,
} from '../../console/src/messages/message-query.ts';
import { printPanel, readPanel } from '../../console/src/messages/panel.ts';
import { durationOf, timelineOf } from '../../console/src/messages/timeline.ts';

const ACCOUNT = `AC${'a1'.repeat(16)}`;
const SID = `SM${'b2'.repeat(16)}`;

describe('the columns of a fragment', () => {
  const keys = (text: string | null) => readColumns(text).map(({ key }) => key);

  test('are restored in their order; the defaults need no mention', () => {
    expect(keys('sid,time')).toEqual(['time', 'sid']);
    expect(printColumns(['sid', 'time'])).toBe('time,sid');
    expect(printColumns(keys(null))).toBeNull();
  });

  test('that do not exist are left out', () => {
    expect(keys('time,nonsense,__proto__')).toEqual(['time']);
    expect(keys('nonsense')).toEqual(keys(null));
    expect(keys(COLUMNS.map(({ key }) => key).join(','))).toHaveLength(COLUMNS.length);
  });
});

test('the message of a fragment is two SIDs, or none', () => {
  const panel = { accountSid: ACCOUNT, sid: SID };
  expect(readPanel(printPanel(panel))).toEqual(panel);
  for (const text of [null, '', SID, `${ACCOUNT}/`, `${ACCOUNT}/../${SID}`, `${ACCOUNT}/${SID}x`]) {
    expect(readPanel(text)).toBeNull();
  }
});

describe('the timeline of a message', () => {
  test('is in the order of its dates, with the time between', () => {
    const steps = timelineOf({
      direction: 'OUTBOUND_API',
      statusName: 'Undelivered',
      dateCreated: '2026-11-28T01:00:00Z',
      dateSent: '2026-11-28T01:00:06Z',
      dateUpdated: '2026-11-28T03:10:06Z',
    });
    expect(steps.map(({ name, after }) => [name, after])).toEqual([
      ['Created at Twilio', null],
      ['Sent', '6 s'],
      ['Status last changed: Undelivered', '2 h 10 min'],
    ]);
  });

  test('leaves out what has not happened', () => {
    const steps = timelineOf({
      direction: 'INBOUND',
      statusName: 'Received',
      dateSent: '2026-11-28T01:00:00Z',
    });
    expect(steps.map(({ name }) => name)).toEqual(['Received']);
  });

  test('measures in two units', () => {
    expect([0, 59_000, 185_000, 7_800_000, 354_600_000].map(durationOf)).toEqual([
      '0 s',
      '59 s',
      '3 min 5 s',
      '2 h 10 min',
      '4 d 2 h',
    ]);
  });
});

describe('a filter by a cell', () => {
  const message = {
    accountSid: ACCOUNT,
    from: '+14155550100',
    to: null,
    direction: 'INBOUND',
    channel: 'SMS',
    status: 'RECEIVED',
    errorCode: null,
    country: 'US',
    numMedia: 2,
    messagingServiceSid: null,
  };

  test.each([
    ['from', { from: '+14155550100' }],
    ['to', null],
    ['direction', { direction: ['INBOUND'] }],
    ['status', { status: ['RECEIVED'] }],
    ['error', null],
    ['country', { country: ['US'] }],
    ['media', { media: true }],
    ['account', { account: [ACCOUNT] }],
    ['person', { with: '+14155550100' }],
    ['body', null],
  ])('of %s', (column, change) => expect(filterByCell(message, column)).toEqual(change));

  test('of a value this release does not know is none', () => {
    expect(filterByCell({ ...message, status: 'UNKNOWN' }, 'status')).toBeNull();
  });

  test('finds the person of either direction', () => {
    expect(personOf(message)).toBe('+14155550100');
    expect(personOf({ ...message, direction: 'OUTBOUND_API', to: '+14155550101' })).toBe('+14155550101');
  });
});

describe('the equivalent of a screen', () => {
  const hostile = listOperation({
    in: { all: true },
    filter: { text: `it's $(id) \`id\` "quoted" \\ \n end` },
  });

  /** The arguments that a shell makes of a command. */
  function wordsOf(command: string): string[] {
    const script = command.replace(/^curl/, 'printf "%s\\0"');
    return execFileSync('sh', ['-c', script], { env: { GATEWAY_KEY: 'tgw_planted' } })
      .toString()
      .split('\0')
      .slice(0, -1);
  }

  test('as curl is what the shell passes on, whatever is in the filter', () => {
    const words = wordsOf(toCurl(hostile, 'http://localhost:4000', false));
    expect(words.slice(0, 4)).toEqual([
      'http://localhost:4000/graphql',
      '-H',
      'content-type: application/json',
      '-d',
    ]);
    expect(JSON.parse(words[4] ?? '')).toEqual({ query: hostile.query, variables: hostile.variables });
  });

  test('takes the key from a variable of the shell', () => {
    const command = toCurl(messageOperation(ACCOUNT, SID), 'https://gateway.example.com', true);
    expect(command).toContain('$GATEWAY_KEY');
    expect(wordsOf(command)).toContain('authorization: Bearer tgw_planted');
  });

  test('in GraphiQL is in the fragment, which is not sent', () => {
    const { pathname, search, hash } = new URL(graphiqlHref(hostile), 'http://localhost');
    expect([pathname, search]).toEqual(['/graphql', '']);
    const parts = new URLSearchParams(hash.slice(1));
    expect(parts.get('query')).toBe(hostile.query);
    expect(JSON.parse(parts.get('variables') ?? '')).toEqual(hostile.variables);
  });
});
