import { DateTime } from 'luxon';
import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { rfc2822 } from '../../src/sandbox/dates.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { fragmentOf, openTab, tabTo, useBrowser } from './chromium.ts';
import { type Console, openConsole } from './gateway.ts';

const TIMEOUT = 90_000;
const DAY_MS = 86_400_000;
const browser = useBrowser();

const SOURCES = ['HISTORY', 'TWILIO'] as const;
type Source = (typeof SOURCES)[number];

/** A gateway with the copy of its history, or without any, over a sandbox that `plant` has filled. */
async function open(source: Source, plant: (sandbox: Sandbox) => void = () => {}, messages = 400) {
  const history = source === 'HISTORY' ? 'copied' : undefined;
  const gateway = await openConsole({ messages, plant, needsKey: false, ...(history && { history }) });
  onTestFinished(gateway.close);
  return gateway;
}

/** The totals of the chart's table, row by row. */
async function readTable(page: Page): Promise<number[]> {
  const table = page.getByRole('table', { name: /Messages by outcome/ });
  if (!(await table.isVisible())) {
    const toTable = page.getByRole('button', { name: 'Table', exact: true });
    if (await toTable.isVisible()) await toTable.click();
  }
  const totals = await table.locator('tbody tr td:last-child').allTextContents();
  return totals.map((text) => Number(text.replaceAll(',', '')));
}

/** When the messages of the list were created, from an instant to right before another one. */
async function readList(gateway: Console, source: Source, since: DateTime, end: DateTime): Promise<number[]> {
  const dateCreated = { since: secondsOf(since), until: secondsOf(end.minus({ seconds: 1 })) };
  const { data } = await gateway.query(
    'query($filter: MessageFilter, $source: MessageSource) { messages(in: { all: true }, filter: $filter, source: $source, first: 1000) { totalCount nodes { dateCreated } pageInfo { hasNextPage } } }',
    { filter: { dateCreated }, source },
  );
  const { nodes, totalCount, pageInfo } = data.messages;
  expect(pageInfo.hasNextPage).toBe(false);
  if (source === 'HISTORY') expect(totalCount).toBe(nodes.length);
  return nodes.map((node: { dateCreated: string }) => Date.parse(node.dateCreated));
}

/** The last day on which the clock changed in Berlin, and that had so many hours. */
function lastDayOf(hours: number): DateTime {
  let day = DateTime.now().setZone('Europe/Berlin').startOf('day').minus({ days: 2 });
  while (day.plus({ days: 1 }).diff(day, 'hours').hours !== hours) day = day.minus({ days: 1 });
  return day;
}

const secondsOf = (time: DateTime) => `${new Date(time.toMillis()).toISOString().slice(0, 19)}Z`;

describe.each(SOURCES)('an engineer, reading from %s', (source) => {
  const spike = new Date(Date.now() - 10 * DAY_MS);
  spike.setUTCHours(12, 0, 0, 0);

  test(
    'drags across a spike of failures, clicks 30003, and sees these messages',
    async () => {
      const { lines, url } = await open(source, (sandbox) => {
        for (let minute = 0; minute < 40; minute += 1) {
          const at = rfc2822(spike.getTime() / 1_000 + minute * 60);
          const failed = { status: 'undelivered', error_code: 30003, to: '+12125550123' };
          sandbox.addMessage('parent', { ...failed, date_created: at, date_sent: at } as never);
        }
      });
      const page = await openTab(browser(), `${url}/#range=30d&zone=UTC`);
      const chart = page.getByRole('slider', { name: /Messages by outcome, per day/ });
      await chart.waitFor();
      await expect
        .poll(() => page.getByText(/^from (the gateway's copy|Twilio)/).textContent())
        .toContain(source === 'HISTORY' ? "the gateway's copy" : 'Twilio');
      const compared = page.getByText('vs. the period before');
      await expect.poll(() => compared.count()).toBe(source === 'HISTORY' ? 4 : 0);

      // From the day before the spike to the day after it. The last of 31 bars is today.
      const box = await chart.boundingBox();
      if (!box) throw new Error('The chart is not visible.');
      const step = box.width / 31;
      const middleOf = (daysAgo: number) => box.x + (30.5 - daysAgo) * step;
      await page.mouse.move(middleOf(11), box.y + 60);
      await page.mouse.down();
      await page.mouse.move(middleOf(10), box.y + 60);
      await page.mouse.move(middleOf(9), box.y + 60);
      await page.mouse.up();
      const dayOf = (shift: number) => new Date(spike.getTime() + shift * DAY_MS).toISOString().slice(0, 10);
      await expect
        .poll(() => fragmentOf(page).get('range'))
        .toBe(`${dayOf(-1)}T00:00:00Z..${dayOf(1)}T23:59:59Z`);

      const code = page.getByRole('table', { name: 'Failures by error code', exact: true }).getByRole('row', {
        name: /30003/,
      });
      // The old figures stay until the new ones are there.
      const link = code.getByRole('link', { name: '30003', exact: true });
      await expect.poll(() => link.getAttribute('href')).toContain(dayOf(-1));
      await expect.poll(() => code.locator('.count').textContent()).toMatch(/^4\d$/);
      const expected = Number(await code.locator('.count').textContent());
      await code.getByText('What to do').click();
      await code.getByText('The phone could not be reached').waitFor();

      const insights = page.url();
      await link.click();
      await page.getByRole('heading', { name: 'Messages', level: 1 }).waitFor();
      expect(Object.fromEntries(fragmentOf(page))).toEqual({
        zone: 'UTC',
        outcome: 'failed',
        error: '30003',
        range: `${dayOf(-1)}T00:00:00Z..${dayOf(1)}T23:59:59Z`,
      });
      await page.getByText(`${expected} messages`, { exact: true }).first().waitFor();

      // Back, reload and a new tab show the same.
      await page.goBack();
      expect(page.url()).toBe(insights);
      await code.waitFor();
      await page.reload();
      await expect.poll(() => code.locator('.count').textContent()).toBe(String(expected));
      const other = await page.context().newPage();
      await other.goto(insights);
      await expect
        .poll(() => other.getByRole('row', { name: /30003/ }).first().textContent())
        .toContain(String(expected));
      await page.goBack();
      await expect.poll(() => fragmentOf(page).get('range')).toBe('30d');
      expect(lines.join('\n')).not.toMatch(/5550\d{3}/);
    },
    TIMEOUT,
  );

  test(
    'clicks a bar and a cell, and lands on as many messages as they say',
    async () => {
      const { url } = await open(source);
      const page = await openTab(browser(), `${url}/#range=90d&zone=UTC`);
      const cell = page.getByRole('table', { name: 'Failures by error code and country' }).getByRole('link', {
        name: /in United States/,
      });
      await cell.first().waitFor();
      const count = await cell.first().textContent();
      await cell.first().click();
      await page.getByRole('heading', { name: 'Messages', level: 1 }).waitFor();
      expect(Object.fromEntries(fragmentOf(page))).toMatchObject({ outcome: 'failed', country: 'US' });
      await page
        .getByText(new RegExp(`^${count} messages$`))
        .first()
        .waitFor();
      await page.goBack();

      const chart = page.getByRole('slider', { name: /per day/ });
      // It moves until all figures above it are there.
      await page.getByRole('heading', { name: 'Top senders' }).waitFor();
      await page.waitForLoadState('networkidle');
      const box = await chart.boundingBox();
      if (!box) throw new Error('The chart is not visible.');
      const step = box.width / 91;
      // The succeeded part is the top of the bar, the failed one its bottom.
      await page.mouse.click(box.x + box.width - step / 2, box.y + 176 - 2);
      await page.getByRole('heading', { name: 'Messages', level: 1 }).waitFor();
      expect(fragmentOf(page).get('outcome')).toBe('failed');
      expect(fragmentOf(page).get('range')).toMatch(/T00:00:00Z\.\..*T23:59:59Z$/);
    },
    TIMEOUT,
  );

  test(
    'finds totals that equal the counts of the list, on days when the clock changes and in zones with half hours',
    async () => {
      const cases = [
        { zone: 'Europe/Berlin', hours: 25, day: lastDayOf(25) },
        { zone: 'Europe/Berlin', hours: 23, day: lastDayOf(23) },
        // The clock never changes there; its hours begin at half past.
        {
          zone: 'Asia/Kolkata',
          hours: 24,
          day: lastDayOf(25).minus({ days: 14 }).setZone('Asia/Kolkata', { keepLocalTime: true }),
        },
      ];
      const gateway = await open(
        source,
        (sandbox) => {
          for (const { day, hours } of cases) {
            // At each half hour, and right before each full one, of the day and of the hours beside it.
            for (let minute = -90; minute < hours * 60 + 90; minute += 30) {
              for (const second of minute % 60 === 0 ? [-1, 0] : [0]) {
                const at = rfc2822(day.toSeconds() + minute * 60 + second);
                sandbox.addMessage('parent', { date_created: at, date_sent: at });
              }
            }
          }
        },
        100,
      );
      const page = await openTab(browser(), `${gateway.url}/#range=1h`);
      const show = async (since: DateTime, until: DateTime, zone: string, count: number) => {
        const range = `${secondsOf(since)}..${secondsOf(until.minus({ seconds: 1 }))}`;
        await page.goto(`${gateway.url}/#range=${range}&zone=${zone}`);
        await page.locator('.insights[aria-busy="false"]').waitFor();
        await expect.poll(() => readTable(page).then((rows) => rows.length)).toBe(count);
        return readTable(page);
      };
      for (const { zone, hours, day } of cases) {
        const first = day.minus({ days: 4 });
        const list = await readList(gateway, source, first, day.plus({ days: 5 }));
        const countOf = (since: DateTime, end: DateTime) =>
          list.filter((at) => at >= since.toMillis() && at < end.toMillis()).length;
        const week = await show(first, day.plus({ days: 5 }), zone, 9);
        const days = week.map((_, index) => first.plus({ days: index }));
        expect([zone, week]).toEqual([zone, days.map((one) => countOf(one, one.plus({ days: 1 })))]);
        const rows = await show(day, day.plus({ days: 1 }), zone, hours);
        const each = rows.map((_, hour) => day.plus({ hours: hour }));
        expect([zone, rows]).toEqual([zone, each.map((one) => countOf(one, one.plus({ hours: 1 })))]);
        const sum = rows.reduce((all, total) => all + total, 0);
        expect(sum).toBeGreaterThan(hours * 2);
        expect(sum).toBe(week[4]);
        expect(sum).toBe((await readList(gateway, source, day, day.plus({ days: 1 }))).length);

        // The list says the same number, once all of it was read.
        await page.getByRole('link', { name: 'Messages', exact: true }).last().click();
        const whole = page.getByText(`${sum} messages`, { exact: true }).first();
        await expect
          .poll(async () => {
            await page.getByRole('grid').evaluate((grid) => grid.scrollTo(0, grid.scrollHeight));
            return whole.isVisible();
          })
          .toBe(true);
        await page.goBack();
      }
    },
    TIMEOUT,
  );
});

test(
  'the keyboard alone opens a bar, chooses a range, and follows a code',
  async () => {
    const { url } = await open('TWILIO');
    const page = await openTab(browser(), `${url}/#range=7d&zone=UTC`);
    await page.getByRole('slider').waitFor();
    await tabTo(page, /^Messages by outcome/);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await page.getByRole('slider').getAttribute('aria-valuetext')).toMatch(/ to .*: \d+$/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Messages', level: 1 }).waitFor();
    expect(fragmentOf(page).get('range')).toMatch(/T00:00:00Z\.\..*T23:59:59Z$/);

    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.getByRole('slider').waitFor();
    await tabTo(page, /^Messages by outcome/);
    await page.keyboard.press('ArrowLeft');
    for (let day = 0; day < 3; day += 1) await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('Enter');
    await expect.poll(() => fragmentOf(page).get('range')).toMatch(/\.\./);
    const [since, until] = (fragmentOf(page).get('range') ?? '').split('..').map((at) => Date.parse(at));
    expect(Math.round(((until ?? 0) - (since ?? 0)) / DAY_MS)).toBe(4);

    await page.getByRole('table', { name: 'Failures by error code', exact: true }).waitFor();
    await tabTo(page, /^\d{5}$/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Messages', level: 1 }).waitFor();
    expect(fragmentOf(page).get('error')).toMatch(/^\d{5}$/);
  },
  TIMEOUT,
);
