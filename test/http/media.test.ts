import { describe, expect, onTestFinished, test } from 'vitest';
import { createGateway } from '../../src/app.ts';
import { DEFAULT_HTTP, DEFAULT_LIMITS, type LimitSettings } from '../../src/config/limits.ts';
import { listen } from '../../src/http/listen.ts';
import { createLogger } from '../../src/log.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { createFixedStore } from '../../src/store/fixed-store.ts';
import { openBrowser } from '../console/chromium.ts';
import { DEFAULTS } from '../kit.ts';

const QUERY =
  '{ messages(first: 40, filter: { hasMedia: true }) { nodes { media { sid contentType url } } } }';

interface Item {
  sid: string;
  contentType: string;
  url: string;
}

/** A gateway and a sandbox on ports; the sandbox stores files under another name of this machine. */
async function withMedia({
  limits = {},
  clock,
}: {
  limits?: Partial<LimitSettings>;
  clock?: () => number;
} = {}) {
  const sandbox = createSandbox({ messages: 300 });
  const upstream = await sandbox.listen();
  sandbox.set({ mediaOrigin: upstream.url.replace('127.0.0.1', 'localhost') });
  const lines: string[] = [];
  const settings = { ...DEFAULT_LIMITS, ...limits };
  const gateway = createGateway({
    config: { ...DEFAULTS, limits: settings, http: DEFAULT_HTTP },
    urls: { apiUrl: new URL(upstream.url), oauthUrl: new URL(upstream.url) },
    store: createFixedStore([...sandbox.apps]),
    log: createLogger('debug', (line) => lines.push(line)),
    ...(clock ? { now: clock } : {}),
  });
  const { url, close } = await listen(gateway, '127.0.0.1', 0, settings);
  onTestFinished(async () => {
    await close(0);
    await gateway.close();
    await upstream.close();
  });
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY }),
  });
  const { data } = (await response.json()) as { data: { messages: { nodes: { media: Item[] }[] } } };
  const items = data.messages.nodes.flatMap(({ media }) => media);
  const ofType = (type: string) => {
    const found = items.find(({ contentType }) => contentType === type);
    if (!found) throw new Error(`no ${type}`);
    return found;
  };
  return { sandbox, url, lines, items, ofType };
}

const codeOf = async (response: Response) => [
  response.status,
  ((await response.json()) as { errors: { extensions: { code: string } }[] }).errors[0]?.extensions.code,
];

describe('a media link', () => {
  test('streams the file without a key, and Twilio redirects without the token', async () => {
    const { ofType, url, sandbox } = await withMedia();
    const { url: link, sid } = ofType('image/png');
    expect(link.startsWith(`${url}/media/`)).toBe(true);
    expect(link).not.toContain(sid);
    const response = await fetch(link);
    const bytes = Buffer.from(await response.arrayBuffer());
    // The sandbox, like Amazon S3, rejects a request with the token.
    expect(response.status).toBe(200);
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(bytes.length).toBe(Number(response.headers.get('content-length')));
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/png',
      'x-content-type-options': 'nosniff',
      'content-disposition': `inline; filename="${sid}"`,
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': expect.stringMatching(/^private, max-age=\d+$/),
    });
    expect(sandbox.calls.at(-1)?.path).toContain('/Media/');
  });

  test('serves ranges', async () => {
    const { ofType } = await withMedia();
    const { url } = ofType('image/png');
    const whole = Buffer.from(await (await fetch(url)).arrayBuffer());
    const part = await fetch(url, { headers: { range: 'bytes=8-19' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 8-19/${whole.length}`);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(8, 20));
    const beyond = await fetch(url, { headers: { range: 'bytes=99999999-' } });
    expect(beyond.status).toBe(416);
  });

  test('answers HEAD without the file', async () => {
    const { ofType } = await withMedia();
    const response = await fetch(ofType('image/png').url, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(100);
    expect((await response.arrayBuffer()).byteLength).toBe(0);
  });

  test('of a file that a browser might run is downloaded', async () => {
    const { ofType } = await withMedia();
    const response = await fetch(ofType('application/pdf').url);
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; /);
  });

  test('that was changed, cut or made up is rejected', async () => {
    const { ofType, url } = await withMedia();
    const link = ofType('image/png').url;
    const flipped = link.slice(0, -2) + (link.endsWith('AA') ? 'BB' : 'AA');
    for (const wrong of [
      flipped,
      link.slice(0, -10),
      `${url}/media/`,
      `${url}/media/x`,
      `${url}/media/${'A'.repeat(400)}`,
    ]) {
      expect(await codeOf(await fetch(wrong))).toEqual([404, 'MEDIA_LINK_INVALID']);
    }
  });

  test('expires', async () => {
    let now = Date.now();
    const { ofType } = await withMedia({ clock: () => now });
    const { url } = ofType('image/png');
    now += 15 * 60_000;
    expect(await codeOf(await fetch(url))).toEqual([410, 'MEDIA_LINK_EXPIRED']);
  });

  test('of a file that is too large is rejected before it is sent', async () => {
    const { ofType } = await withMedia({ limits: { maxMediaBytes: 1_000 } });
    expect(await codeOf(await fetch(ofType('image/png').url))).toEqual([502, 'MEDIA_TOO_LARGE']);
  });

  test('follows no redirect to another host', async () => {
    const { ofType, sandbox } = await withMedia();
    const { url } = ofType('image/png');
    for (const mediaOrigin of [
      'http://10.0.0.1',
      'https://evil.example',
      'https://twilio.com.evil.example',
      'file://',
    ]) {
      sandbox.set({ mediaOrigin });
      expect(await codeOf(await fetch(url))).toEqual([502, 'TWILIO_INVALID_RESPONSE']);
    }
  });

  test('is not in the log', async () => {
    const { ofType, lines } = await withMedia();
    const { url } = ofType('image/png');
    await (await fetch(url)).arrayBuffer();
    const line = lines.map((text) => JSON.parse(text)).find(({ path }) => path === '/media/*');
    expect(line).toMatchObject({ method: 'GET', status: 200 });
    expect(lines.join('')).not.toContain(url.split('/media/')[1]);
  });

  test('needs the permission for media', async () => {
    const { ofType, sandbox } = await withMedia();
    for (const { clientId } of sandbox.apps) sandbox.setPermissions(clientId, []);
    expect(await codeOf(await fetch(ofType('image/png').url))).toEqual([422, 'TWILIO_PERMISSION_MISSING']);
  });

  test('shows the picture in a browser, in a page of another origin', async () => {
    const { ofType } = await withMedia();
    const browser = await openBrowser();
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    await page.setContent(`<img src="${ofType('image/png').url}">`);
    await page.waitForFunction('document.images[0].complete');
    expect(
      await page.evaluate('[document.images[0].naturalWidth, document.images[0].naturalHeight]'),
    ).toEqual([320, 200]);
  }, 60_000);
});
