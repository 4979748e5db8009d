import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { Cores } from '../../bench/harness/machine.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { openBrowser } from '../../test/console/chromium.ts';
import { quantile } from '../load/statistics.ts';
import type { Options } from '../options.ts';
import { ROOT, startGateway, startProgram } from '../processes.ts';
import { atMost, type Goal, type Report, round } from '../report.ts';
import { endurance } from './endurance.ts';
import { fillCopy } from './fill-copy.ts';
import { filterTimes } from './filters.ts';
import { firstLoad } from './first-load.ts';
import { readInteractions, recordInteractions, useTheList } from './interactions.ts';
import { longTable } from './long-table.ts';
import { sizes } from './sizes.ts';
import { openWindow, type Window } from './window.ts';

const MESSAGES = 1_000_000;
const QUICK_MESSAGES = 10_000;
/** Some of the sandbox's messages belong to other accounts, or are older than Twilio keeps them. */
const SURPLUS = 1.5;
const ROWS = 20_000;
const QUICK_ROWS = 3_000;
/** The heap shows no trend in less. */
const QUICK_MINUTES = 2;
/** How many times slower the processor of the first loads is. */
const SLOWDOWN = 4;
const LOADS = 5;
const SCREENS = [
  { path: '/', ready: '.tiles' },
  { path: '/messages', ready: '.table-body [role=row]' },
] as const;
/** The heap may grow by this while the same is done again and again, in MB. */
const MAX_GROWTH = 5;

/** The console in a browser, over a gateway whose copy of the history is large, against its budgets. */
export async function webConsole(options: Options, cores: Cores | null): Promise<Report> {
  const { quick, env } = options;
  const minutes = quick ? Math.max(options.minutes, QUICK_MINUTES) : options.minutes;
  const wanted = quick ? QUICK_MESSAGES : MESSAGES;
  const sandboxSize = { epoch: Date.now(), messages: Math.ceil(wanted * SURPLUS) };
  const folder = mkdtempSync(join(tmpdir(), 'soak-console-'));
  const file = join(folder, 'history.db');
  const built = spawnSync(process.execPath, ['console/build.ts'], { cwd: ROOT, stdio: 'inherit' });
  if (built.status !== 0) throw new Error('The console could not be built.');
  say('filling the copy');
  const began = performance.now();
  const messages = await fillCopy({ file, ...sandboxSize });
  const filledIn = (performance.now() - began) / 1000;
  const upstream = await startProgram(cores?.load, ['soak/sandbox-process.ts'], '/_sandbox', {
    EPOCH: String(sandboxSize.epoch),
    MESSAGES: String(sandboxSize.messages),
  });
  const [credential = null] = createSandbox({ messages: 1 }).apps;
  const gateway = await startGateway(cores?.server, upstream.url, credential, {
    HISTORY: 'on',
    HISTORY_FILE: file,
    ...env,
  });
  const browser = await openBrowser();
  try {
    const measured = await measure(browser, gateway.url, { quick, minutes });
    return {
      part: 'console',
      about: `The console in Chromium ${browser.version()}, over a gateway whose copy of the history has ${messages} messages (filled in ${round(filledIn)} s).`,
      ...measured,
    };
  } finally {
    await browser.close();
    await Promise.all([gateway.stop(), upstream.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What was measured so far. A part that fails is a missed goal, and the others go on. */
interface Measured {
  readonly goals: Goal[];
  readonly complaints: string[];
  readonly tables: Report['tables'][number][];
  readonly figures: Record<string, readonly number[]>;
}

async function measure(
  browser: Browser,
  url: string,
  { quick, minutes }: Pick<Options, 'quick' | 'minutes'>,
): Promise<Pick<Report, 'goals' | 'tables' | 'figures'>> {
  const measured: Measured = { goals: sizes(), complaints: [], tables: [], figures: {} };
  await step('first loads', measured, () => firstLoads(browser, url, measured));
  const inWindow = (name: string, run: (window: Window) => Promise<void>) =>
    step(name, measured, async () => {
      const window = await openWindow(browser);
      await run(window).finally(() => window.context.close());
      measured.complaints.push(...window.complaints);
    });
  const { goals, complaints, tables, figures } = measured;

  await inWindow('interactions', async ({ page }) => {
    await recordInteractions(page);
    await useTheList(page, url);
    const { inp, count, name } = await readInteractions(page);
    const what = `INP of a story by keyboard and clicks (${count} interactions over a frame; slowest: ${name})`;
    goals.push(atMost(what, inp, 200, ' ms'));
  });

  await inWindow('filters', async ({ page }) => {
    const times = await filterTimes(page, url, quick ? ['30d'] : ['30d', '90d', '400d']);
    const [p50, p95] = [quantileOf(times, 0.5), quantileOf(times, 0.95)];
    goals.push(atMost(`filter to rows, p95 of ${times.length}`, p95, 150, ' ms'));
    const rows = [['p50', 'p95', 'slowest'], [p50, p95, Math.max(...times)].map(round)];
    tables.push({ title: 'Filter to rows, in ms', rows });
    figures.filters = times;
  });

  await inWindow('a long table', async (window) => {
    const { rows, frames, heap } = await longTable(window, url, quick ? QUICK_ROWS : ROWS);
    const what = `a frame while ${rows} rows scroll, p95 of ${frames.length}`;
    goals.push(
      atMost(what, quantileOf(frames, 0.95), 20, ' ms'),
      atMost(`heap at ${rows} rows`, heap, 120, ' MB'),
    );
    figures.frames = frames;
  });

  await inWindow('endurance', async (window) => {
    const { heaps, rounds } = await endurance(window, url, minutes);
    const half = Math.ceil(heaps.length / 2);
    const growth = median(heaps.slice(half)) - median(heaps.slice(0, half));
    const what = `growth of the heap over ${round(minutes)} min of filtering, jumping and scrolling (${rounds} rounds)`;
    goals.push(atMost(what, growth, MAX_GROWTH, ' MB'));
    const rows = [
      ['first', 'last', 'least', 'most'],
      [heaps[0] ?? 0, heaps.at(-1) ?? 0, Math.min(...heaps), Math.max(...heaps)].map(round),
    ];
    tables.push({ title: 'Heap after each round, in MB', rows });
    figures.heaps = heaps;
  });

  goals.push(atMost('errors, warnings and reports of the policy in the browser', complaints.length, 0));
  if (complaints.length > 0) {
    tables.push({ title: 'Complaints', rows: [['what'], ...[...new Set(complaints)].map((text) => [text])] });
  }
  return { goals, tables, figures: { goals, ...figures } };
}

async function firstLoads(browser: Browser, url: string, { goals, complaints, tables }: Measured) {
  const rows = [['screen', 'LCP in ms', 'first paint', 'largest element']];
  // The first load of the gateway itself, whose code is not compiled yet.
  for (const screen of SCREENS) await firstLoad(browser, url, screen, 1);
  for (const screen of SCREENS) {
    const loads = [];
    for (let load = 0; load < LOADS; load += 1) loads.push(await firstLoad(browser, url, screen, SLOWDOWN));
    complaints.push(...loads.flatMap((load) => load.complaints));
    const paints = loads.map(({ lcp }) => lcp);
    const what = `${screen.path}: LCP of a cold load, processor ${SLOWDOWN} times slower, median of ${LOADS}`;
    goals.push(atMost(what, median(paints), 1_500, ' ms'));
    const firstPaint = median(loads.map(({ firstPaint }) => firstPaint));
    rows.push([screen.path, paints.map(round).join(' '), round(firstPaint), loads[0]?.element ?? '']);
  }
  tables.push({ title: `First loads, processor ${SLOWDOWN} times slower`, rows });
}

async function step(name: string, { goals }: Measured, run: () => Promise<void>): Promise<void> {
  say(name);
  try {
    await run();
  } catch (error) {
    const [reason = ''] = String(error).split('\n');
    goals.push({ what: name, figure: reason, goal: 'measured', met: false });
  }
}

/** Says what is being measured: all of it takes minutes. */
const say = (what: string) => process.stderr.write(`console: ${what}\n`);

const quantileOf = (values: readonly number[], share: number): number =>
  quantile(
    values.toSorted((a, b) => a - b),
    share,
  );
const median = (values: readonly number[]): number => quantileOf(values, 0.5);
