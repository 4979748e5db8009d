import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../console/chromium.ts';
import { readDocument } from './markdown.ts';
import { requestsIn } from './requests.ts';
import { listeningGateway } from './running.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
}, 300_000);
afterAll(() => browser?.close());

/** README.md's first request, with a name and a line per field. */
const QUERY = `# Why did this message not arrive?
query Undelivered {
  messages(
    first: 1
    filter: { errorCode: [30003] }
  ) {
    nodes {
      to
      body
      status
      delivery {
        error {
          title
          explanation
        }
      }
    }
  }
}
`;

// To take the screenshot again: UPDATE_SCREENSHOTS=1 npx vitest run test/docs/graphiql.test.ts
test('GraphiQL runs the first request of README.md, as on its screenshot', async () => {
  const [first] = requestsIn(readDocument('README.md'));
  const squeezed = (text = '') =>
    text
      .replace(/#.*\nquery Undelivered/, '')
      .replace(/[\s,]+/g, '')
      .trim();
  expect(squeezed(QUERY)).toBe(squeezed(first?.body.query));

  await using gateway = await listeningGateway();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(`${gateway.url}?query=${encodeURIComponent(QUERY)}`);
  // The tab takes its title from the query once that is edited.
  await page.getByRole('textbox').first().click({ force: true });
  await page.keyboard.press('Control+End');
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: /execute/i }).click();
  await page.getByText('Unreachable destination handset').first().waitFor();
  if (process.env.UPDATE_SCREENSHOTS === '1')
    await page.screenshot({ path: 'docs/screenshots/graphiql.png' });
}, 60_000);
