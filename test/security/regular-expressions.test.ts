import { globSync, readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { parseAst } from 'vitest/node';
import { redact } from '../../src/log.ts';

interface Found {
  readonly file: string;
  readonly regex: RegExp;
}

const files = globSync('src/**/*.ts').sort();

/** Finds all literals. */
function literals(): Found[] {
  return files.flatMap((file) => {
    const found: Found[] = [];
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const { regex } = node as { regex?: { pattern: string; flags: string } };
      if (regex) found.push({ file, regex: new RegExp(regex.pattern, regex.flags) });
      Object.values(node).forEach(visit);
    };
    visit(parseAst(readFileSync(file, 'utf8'), { lang: 'ts' }));
    return found;
  });
}

/** Finds all expressions that are constructed while their module is loaded. */
async function made(): Promise<Found[]> {
  const found: Found[] = [];
  for (const file of files.filter((name) => readFileSync(name, 'utf8').includes('new RegExp('))) {
    const construct = (target: typeof RegExp, args: [string, string?]) => {
      const regex = new target(...args);
      found.push({ file, regex });
      return regex;
    };
    vi.stubGlobal('RegExp', new Proxy(RegExp, { construct }));
    vi.resetModules();
    await import(/* @vite-ignore */ `../../${file}`).finally(() => vi.unstubAllGlobals());
  }
  return found;
}

const CHARACTERS = [...' \t\n\r\0aZe09-_.,;:=+*%/\\"\'`<>(){}[]&?!@#$^|~\u00e9'];

/** Texts that may keep an expression busy: its own words and characters, repeated, without a matching end. */
function* hostileTexts({ source }: RegExp, length: number): Generator<string> {
  // Without escapes, classes, counts and the names of groups.
  const plain = source
    .replaceAll(/\\[dDwWsSbBp]|\{[\d,]+\}|\(\?(?:[:=!]|<[=!])/g, '\0')
    .replaceAll(/\\(.)/g, '$1');
  const words = plain.split(/[\0^$*+?()[\]|{}]/).filter(Boolean);
  const all = plain.replaceAll(/[\0^$*+?()[\]|{}]/g, '');
  const starts = new Set(['', ...words, all]);
  const pumps = new Set([...CHARACTERS, ...words, all, ...words.map((word) => `${word} `)]);
  for (const start of starts) {
    for (const pump of pumps) {
      if (!pump) continue;
      const text = start + pump.repeat(Math.ceil(length / pump.length)).slice(0, length);
      yield text;
      yield `${text}\0`;
    }
  }
}

/** The fastest of a few runs, in milliseconds, of a search through the whole text, as in a replacement. */
function timeOf({ source, flags }: RegExp, text: string, runs: number): number {
  const times = Array.from({ length: runs }, () => {
    const regex = new RegExp(source, flags);
    const since = performance.now();
    text.replace(regex, '');
    return performance.now() - since;
  });
  return Math.min(...times);
}

const LENGTH = 4_096;
/** A linear search of 16 kB takes a tenth of a millisecond. */
const QUICK_MS = 3;

/** Returns the first text whose time grows faster than its length, if any. */
function worstOf(regex: RegExp): string | undefined {
  // Exponential expressions would not finish with longer texts.
  for (const tiny of hostileTexts(regex, 24)) {
    if (timeOf(regex, tiny, 1) > QUICK_MS && timeOf(regex, tiny, 3) > QUICK_MS) return JSON.stringify(tiny);
  }
  const short = hostileTexts(regex, LENGTH);
  const middle = hostileTexts(regex, 2 * LENGTH);
  for (const long of hostileTexts(regex, 4 * LENGTH)) {
    const texts = [short.next().value ?? '', middle.next().value ?? '', long];
    if (timeOf(regex, long, 1) < QUICK_MS || timeOf(regex, long, 3) < QUICK_MS) continue;
    const [n = 0, , n4 = 0] = texts.map((text) => timeOf(regex, text, 3));
    if (n4 > 8 * n)
      return `${JSON.stringify(long.slice(0, 60))}…: ${n.toFixed(2)} ms, ${n4.toFixed(2)} ms at 4n`;
  }
  return undefined;
}

test('the test detects an expression with quadratic time', () => {
  for (const slow of [
    /eyJ[\w-]+\.[\w-]+/g,
    /\s*;\s*/,
    / Did you mean .*\?$/s,
    /<script\b[^>]*>(.*?)<\/script>/gs,
    /^(?:a+)+$/,
  ])
    expect(worstOf(slow), String(slow)).toBeDefined();
}, 120_000);

test('no regular expression in the sources takes more than linear time', async () => {
  const found = [...literals(), ...(await made())];
  expect(found.length).toBeGreaterThan(100);
  const slow = found.flatMap(({ file, regex }) => {
    const worst = worstOf(regex);
    return worst === undefined ? [] : [`${file}: ${regex}: ${worst}`];
  });
  expect(slow).toEqual([]);
}, 300_000);

test('redacting 15 kB of truncated tokens takes less than 5 ms', () => {
  const attack = 'eyJ'.repeat(5_000);
  const times = Array.from({ length: 5 }, () => {
    const since = performance.now();
    redact(attack);
    return performance.now() - since;
  });
  expect(Math.min(...times)).toBeLessThan(5);
});
