import { describe, expect, test } from 'vitest';
import { API_CODES } from '../../src/delivery/api-codes.ts';
import { CARRIER_CODES } from '../../src/delivery/carrier-codes.ts';
import { CHANNEL_CODES } from '../../src/delivery/channel-codes.ts';
import { CONTENT_CODES } from '../../src/delivery/content-codes.ts';
import { explain } from '../../src/delivery/explain.ts';
import { NUMBER_CODES } from '../../src/delivery/number-codes.ts';
import { REGISTRATION_CODES } from '../../src/delivery/registration-codes.ts';

const tables = {
  carrier: [CARRIER_CODES, 31],
  registration: [REGISTRATION_CODES, 9],
  number: [NUMBER_CODES, 25],
  content: [CONTENT_CODES, 15],
  channel: [CHANNEL_CODES, 37],
  api: [API_CODES, 27],
} as const;

const codes = Object.values(tables).flatMap(([table]) => Object.keys(table).map(Number));

/** The most frequent codes. Each must have an explanation. */
const mustExplain = [
  30001, 30002, 30003, 30004, 30005, 30006, 30007, 30008, 30009, 30010, 30017, 30018, 30019, 30024, 30036,
  30037, 30041, 30042, 30410, 30453, 30454, 30500, 30022, 30023, 30027, 30032, 30034, 30035, 21211, 21212,
  21264, 21265, 21266, 21268, 21408, 21606, 21608, 21610, 21611, 21612, 21614, 21635, 21659, 21660, 21703,
  21705, 11751, 12300, 14107, 21617, 21619, 21620, 63003, 63005, 63007, 63012, 63013, 63015, 63016, 63018,
  63019, 63021, 63024, 63027, 63028, 63032, 63033, 63036, 63038, 63041, 63049, 63051,
];

const explained = codes
  .map((code) => ({ code, explanation: explain(code).explanation }))
  .filter((row): row is { code: number; explanation: string } => row.explanation !== null);

describe('the code tables', () => {
  test.each(Object.entries(tables))('%s has the expected number of codes', (_name, [table, size]) => {
    expect(Object.keys(table)).toHaveLength(size);
  });

  test('hold 144 codes, none in two tables', () => {
    expect(codes).toHaveLength(144);
    expect(new Set(codes).size).toBe(144);
  });

  test.each(codes)('%i has a title in plain ASCII', (code) => {
    expect(explain(code).title).toMatch(/^[ -~]{5,250}$/);
    expect(explain(code).title).toBe(explain(code).title?.trim());
  });
});

describe('explanations', () => {
  test.each(mustExplain)('exist for %i', (code) => {
    expect(explain(code).explanation).toBeTypeOf('string');
  });

  test.each(explained)('of $code has two or three plain sentences', ({ explanation }) => {
    expect(explanation.length).toBeGreaterThanOrEqual(60);
    expect(explanation.length).toBeLessThanOrEqual(600);
    expect(explanation).toMatch(/^[A-Z][ -~]*[^.]\.$/);
    expect(explanation).not.toMatch(/ {2}/);
    const sentences = explanation.split(/(?<=\.) /);
    expect(sentences.length).toBeGreaterThanOrEqual(2);
    expect(sentences.length).toBeLessThanOrEqual(3);
  });

  test.each(explained)('of $code has no Markdown and no URL', ({ explanation }) => {
    expect(explanation).not.toMatch(/[*_`#[\]<>|~]/);
    expect(explanation).not.toMatch(/:\/\/|www\.|\.(com|net|org|io)\b/i);
  });

  test('are all different', () => {
    expect(new Set(explained.map((row) => row.explanation)).size).toBe(explained.length);
  });
});

describe('explain', () => {
  test('answers title, explanation and page for a known code', () => {
    expect(explain(30005)).toEqual({
      title: 'Unknown destination handset',
      explanation: expect.stringContaining('mistyped'),
      documentationUrl: 'https://www.twilio.com/docs/api/errors/30005',
    });
  });

  test('answers a null explanation where only the title is known', () => {
    expect(explain(20404)).toEqual({
      title: 'Not Found',
      explanation: null,
      documentationUrl: 'https://www.twilio.com/docs/api/errors/20404',
    });
  });

  test.each([0, -1, 39999])('returns only the page for the unknown code %i', (code) => {
    expect(explain(code)).toEqual({
      title: null,
      explanation: null,
      documentationUrl: `https://www.twilio.com/docs/api/errors/${code}`,
    });
  });
});
