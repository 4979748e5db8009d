import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../processes.ts';
import { atMost, type Goal } from '../report.ts';

const BUILD = join(ROOT, 'dist/console');

/** Compares the built files, compressed with gzip, with their budgets. */
export function sizes(): Goal[] {
  const assets = join(BUILD, 'assets');
  const names = readdirSync(assets).filter((name) => name.endsWith('.gz'));
  const page = readFileSync(join(BUILD, 'index.html'), 'utf8');
  const isInitial = (name: string) => page.includes(name.replace(/\.gz$/, ''));
  const kib = (name: string) => statSync(join(assets, name)).size / 1024;
  const scripts = names.filter((name) => name.endsWith('.js.gz'));
  const sum = (some: readonly string[]) => some.reduce((total, name) => total + kib(name), 0);
  return [
    atMost('initial script, gzip', sum(scripts.filter(isInitial)), 180, ' KiB'),
    atMost(
      'largest further chunk, gzip',
      Math.max(...scripts.filter((name) => !isInitial(name)).map(kib)),
      30,
      ' KiB',
    ),
    atMost('all styles, gzip', sum(names.filter((name) => name.endsWith('.css.gz'))), 12, ' KiB'),
  ];
}
