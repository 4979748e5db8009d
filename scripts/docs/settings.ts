import type { Setting } from '../../src/config/setting.ts';
import { SECTIONS } from '../../src/config/settings.ts';
import { table } from './table.ts';

/** Width of a comment line in .env.example. */
const COLUMNS = 110;

/** Returns the sections of docs/settings.md, a table of settings in each. */
export function settingsSections(): string {
  const sections = SECTIONS.map(({ title, settings }) => {
    const rows = Object.values(settings).map((row) => [
      code(row.name),
      row.default ? code(row.default) : '',
      valuesOf(row),
      row.meaning,
    ]);
    return `## ${title}\n\n${table(['Variable', 'Default', 'Values', 'Meaning'], rows)}`;
  });
  return sections.join('\n');
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
