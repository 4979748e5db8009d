import type { Setting } from '../../src/config/setting.ts';
import { SECTIONS, SETTINGS } from '../../src/config/settings.ts';
import { table } from './table.ts';

/** Width of a comment line in .env.example. */
const COLUMNS = 110;

/** Returns README.md's table of settings. */
export function settingsTable(): string {
  return table(
    ['Variable', 'Default', 'Values', 'Meaning'],
    SETTINGS.map((row) => [code(row.name), row.default ? code(row.default) : '', valuesOf(row), row.meaning]),
  );
}

/** Returns .env.example: every setting as a comment, with its default or an example. */
export function envExample(): string {
  const sections = SECTIONS.map(({ title, settings }) => {
    const rows = Object.values(settings).map(
      (row) => `${comment(withoutLinks(row.meaning))}# ${row.name}=${row.example}\n`,
    );
    return `# ---- ${title} ----\n${rows.join('')}`;
  });
  const head = comment(
    'Settings of the gateway, with their defaults or an example. All are optional: without TWILIO_* the gateway runs over its embedded sandbox.',
  );
  const usage = comment(
    'Copy this file to .env and remove the "# " before what you set; npm start reads it.',
  );
  return [`${head}#\n${usage}`, ...sections].join('\n');
}

/** Shortens "a whole number from 1 to 5" to "1 to 5". */
function valuesOf({ kind: { expected } }: Setting<unknown>): string {
  return expected === 'text' ? '' : expected.replace(/^a (?:whole )?number from |^one of /, '');
}

const code = (text: string) => `\`${text}\``;

const withoutLinks = (markdown: string) =>
  markdown.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1').replaceAll('`', '');

/** Wraps a text into comment lines. */
function comment(text: string): string {
  const lines = text.match(new RegExp(`.{1,${COLUMNS - 2}}(?: |$)`, 'g')) ?? [];
  return lines.map((line) => `# ${line.trimEnd()}\n`).join('');
}
