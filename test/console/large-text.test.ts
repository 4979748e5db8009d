import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { createSyncedKit } from '../reads/copy.ts';
import { openTab, type TabOptions, useBrowser } from './chromium.ts';
import { BUILD, serve } from './gateway.ts';

vi.setConfig({ testTimeout: 120_000 });

const browser = useBrowser();
/** Twice the text size of a browser whose user has changed nothing. */
const withLargeText = useBrowser(['--blink-settings=defaultFontSize=32']);
/** A folder for screenshots of everything here, for someone to look at. */
const { LOOK } = process.env;

/** Texts that are cut without a sign, buttons beside the window, and elements that lie over others. */
async function findFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = [];
    const nameOf = (element: Element) =>
      `${element.localName}.${element.className} “${element.textContent?.trim().slice(0, 40)}”`;
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) faults.push(`The page is ${scrollWidth - clientWidth} px too wide`);
    const isHidden = (element: Element) =>
      !element.checkVisibility({ visibilityProperty: true }) ||
      element.closest('.visually-hidden, svg, option, .palette-label');
    const boxes: { element: Element; box: DOMRect }[] = [];
    for (const element of document.querySelectorAll('body *')) {
      if (isHidden(element)) continue;
      const style = getComputedStyle(element);
      const { scrollWidth: wide, clientWidth: room, scrollHeight: tall, clientHeight: height } = element;
      const isCut = style.overflowX === 'hidden' || style.overflowX === 'clip';
      const saysSo = style.textOverflow === 'ellipsis';
      if (isCut && !saysSo && wide > room + 1) faults.push(`Cut at the side: ${nameOf(element)}`);
      if (isCut && style.overflowY !== 'visible' && tall > height + 3)
        faults.push(`Cut below: ${nameOf(element)}`);
      const [first, ...texts] = [...element.childNodes].filter(
        (node) => node.nodeType === 3 && node.textContent?.trim(),
      );
      if (!first) continue;
      const range = document.createRange();
      range.setStartBefore(first);
      range.setEndAfter(texts.at(-1) ?? first);
      const box = range.getBoundingClientRect();
      const middle = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      // What is scrolled away, or below a bar that stays, is not in view.
      if (box.width === 0 || !middle || !(element.contains(middle) || middle.contains(element))) continue;
      boxes.push({ element, box });
    }
    for (const [index, { element, box }] of boxes.entries()) {
      for (const { element: other, box: place } of boxes.slice(index + 1)) {
        if (element.contains(other) || other.contains(element)) continue;
        const width = Math.min(box.right, place.right) - Math.max(box.left, place.left);
        const height = Math.min(box.bottom, place.bottom) - Math.max(box.top, place.top);
        if (width > 3 && height > 4) faults.push(`${nameOf(element)} lies over ${nameOf(other)}`);
      }
    }
    return [...new Set(faults)];
  });
}

/** Visits every screen. */
async function visitAll(page: Page, url: string, check: (name: string) => Promise<void>): Promise<void> {
  const go = async (path: string, ready: string) => {
    await page.goto('about:blank');
    await page.goto(url + path);
    await page.locator(ready).first().waitFor();
    await page.waitForLoadState('networkidle');
  };
  await go('/#range=90d', '.senders-table');
  await check('insights');
  await go('/messages#range=90d&outcome=failed&country=US', '.table-body [role=row]');
  await check('messages');
  await page.locator('.table-body [role=row]').first().click();
  await page.locator('.timeline').waitFor();
  await check('messages with a message');
  await page.getByRole('link', { name: 'Open on a page of its own' }).click();
  await page.locator('.detail-page .timeline').waitFor();
  await check('message');
  await go('/messages#status=read&error=30003&range=1h', '.state');
  await check('no match');
  await go('/threads', '.thread-row');
  await check('threads');
  await page.locator('.thread-row').first().click();
  await page.locator('.thread-message').first().waitFor();
  await check('thread');
  await go('/accounts', '.account-toggle');
  await page.locator('.account-toggle').first().click();
  await page.locator('.account-permissions').waitFor();
  await check('accounts');
  for (const [name, ready] of [
    ['credentials', '.permissions'],
    ['keys', '.state'],
    ['history', '.facts'],
    ['documents', '.document-id'],
    ['audit', '.filters'],
  ] as const) {
    await go(`/admin/${name}`, ready);
    await check(name);
  }
  await go('/admin/keys', '.state');
  await page.getByRole('button', { name: 'Create a key' }).first().click();
  await page.getByRole('dialog').waitFor();
  await check('create a key');
}

async function openScreens(options: TabOptions, of = browser) {
  const kit = await createSyncedKit({ messages: 600 }, { subaccount: true, console: BUILD });
  const url = await serve(kit);
  const page = await openTab(of(), 'about:blank', options);
  return { page, url };
}

async function look(page: Page, name: string): Promise<void> {
  if (!LOOK) return;
  mkdirSync(LOOK, { recursive: true });
  await page.screenshot({ path: `${LOOK}/${name.replaceAll(' ', '-')}.png`, animations: 'disabled' });
}

/** What only a colour told: a state that looks like its absence where the browser chooses all colours. */
function findLost(): string[] {
  const lost: string[] = [];
  const styleOf = (selector: string, pseudo?: string) => {
    const element = document.querySelector(selector);
    return element && getComputedStyle(element, pseudo);
  };
  const differs = (what: string, one: string, other: string, properties: readonly string[]) => {
    const [style, plain] = [styleOf(one), styleOf(other)];
    const isSame = properties.every(
      (property) => style?.getPropertyValue(property) === plain?.getPropertyValue(property),
    );
    if (style && plain && isSame) lost.push(what);
  };
  const edges = ['border-top-width', 'border-left-width', 'border-bottom-color', 'outline-style'];
  differs('the current screen', '.screen-link[aria-current]', '.screen-link:not([aria-current])', edges);
  differs('the current tab', '.tab[aria-current]', '.tab:not([aria-current])', edges);
  const row = '.table-body > .table-row';
  differs('the open row', `${row}[aria-selected="true"]`, `${row}[aria-selected="false"]`, edges);
  const canvas = getComputedStyle(document.body).backgroundColor;
  if (styleOf('.timeline li', '::before')?.backgroundColor === canvas) lost.push('the timeline');
  if (styleOf('.badge')?.borderTopWidth === '0px') lost.push('the badges');
  const fills = [...document.querySelectorAll('.chart-box g rect')].map((bar) => getComputedStyle(bar).fill);
  const marks = [...document.querySelectorAll('.legend-mark')].map(
    (mark) => getComputedStyle(mark).backgroundColor,
  );
  if (new Set(fills).size < new Set(marks).size) lost.push('the colours of the chart');
  if (new Set(marks).size < marks.length) lost.push('the colours of the legend');
  return lost;
}

test('text of twice the size: nothing is cut, lies over another, or makes the page wider', async () => {
  const { page, url } = await openScreens({ viewport: { width: 1280, height: 800 } }, withLargeText);
  await visitAll(page, url, async (name) => {
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe('28px');
    expect.soft([name, await findFaults(page)]).toEqual([name, []]);
    await look(page, `text ${name}`);
  });
});

test('a zoom of 200 % at 1280 px: the same', async () => {
  const { page, url } = await openScreens({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
  await visitAll(page, url, async (name) => {
    expect.soft([name, await findFaults(page)]).toEqual([name, []]);
    await look(page, `zoom ${name}`);
  });
});

test('forced colours lose nothing', async () => {
  const { page, url } = await openScreens({ forcedColors: 'active', viewport: { width: 1280, height: 800 } });
  await visitAll(page, url, async (name) => {
    await look(page, `forced ${name}`);
    expect.soft([name, await page.evaluate(findLost)]).toEqual([name, []]);
  });
});
