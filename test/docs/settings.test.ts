import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import { CLIENT_VARIABLES } from '../../src/config/unknown-variables.ts';
import { codeIn, ROOT, readDocument, tableUnder } from './markdown.ts';

// With a credential, so that the settings for the real Twilio take effect too.
const TWILIO = {
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_CLIENT_ID: `OQ${'0'.repeat(32)}`,
  TWILIO_CLIENT_SECRET: 'not-a-secret-at-all',
};

const document = readDocument('docs/settings.md');
const rows = [...document.matchAll(/^## (.+)$/gm)]
  .flatMap(([, section = '']) => tableUnder(document, section))
  .map(([name, value]) => ({ name: codeIn(name) ?? '', value: codeIn(value) }));
const example = [...readDocument('.env.example').matchAll(/^# ?([A-Z][A-Z_]+)=(.*)$/gm)].map(
  ([, name = '', value = '']) => ({ name, value }),
);
const known = settingsInSources();

describe('exactly the settings in the sources are documented', () => {
  test('in docs/settings.md', () => {
    expect(rows.map(({ name }) => name).sort()).toEqual(known);
  });

  test('in .env.example', () => {
    expect(example.map(({ name }) => name).sort()).toEqual(known);
  });

  test('.env.example contains only comments, so that a copy changes nothing', () => {
    expect(readDocument('.env.example')).toMatch(/^(?:#.*\n|\n)+$/);
  });
});

describe('the defaults in docs/settings.md match the code', () => {
  const shown = rows.filter(({ value }) => value !== undefined);

  test('most settings have one', () => {
    expect(shown.length).toBeGreaterThan(10);
  });

  test.each(shown)('$name', ({ name, value }) => {
    expect(loadConfig({ ...TWILIO, [name]: value })).toEqual(loadConfig(TWILIO));
  });
});

test('the values in .env.example are valid', () => {
  const env = Object.fromEntries(example.map(({ name, value }) => [name, value]));
  expect(loadConfig(env)).toMatchObject({ twilio: { credential: { accountSid: env.TWILIO_ACCOUNT_SID } } });
});

/** Returns the variables of the table, and those that other code reads from an `env`. */
function settingsInSources(): string[] {
  const names = new Set(SETTINGS.map(({ name }) => name));
  for (const file of readdirSync(new URL('src/', ROOT), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    for (const [, name] of readDocument(`src/${file}`).matchAll(/\benv\.([A-Z][A-Z_]+)/g)) {
      if (name && !CLIENT_VARIABLES.includes(name)) names.add(name);
    }
  }
  return [...names].sort();
}
