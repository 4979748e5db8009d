import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { createGateway } from '../../src/app.ts';
import { generateEncryptionKey, parseEncryptionKeys } from '../../src/config/encryption-keys.ts';
import { openHistory } from '../../src/history/open-history.ts';
import { listen } from '../../src/http/listen.ts';
import { createLogger } from '../../src/log.ts';
import { openStore } from '../../src/open-store.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { createCachedStore } from '../../src/store/cached-store.ts';
import { createCipher } from '../../src/store/cipher.ts';
import { withSettings } from '../../src/store/settings-store.ts';

/** Opens a gateway and a sandbox, each listening under its own name, and a browser window. */
export async function openWindow(
  browser: Browser,
  width: number,
  colorScheme: 'light' | 'dark' = 'light',
  { withHistory = false, withConsole = true } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-story-'));
  const encryptionKeys = parseEncryptionKeys(generateEncryptionKey());
  const cipher = createCipher(encryptionKeys);
  const sandbox = createSandbox({ messages: 20 });
  const twilio = await sandbox.listen();
  const stored = await createCachedStore(
    await openStore({ file: join(folder, 'data', 'gateway.db'), cipher }),
    {
      cipher,
    },
  );
  const store = withSettings(stored, sandbox.apps.slice(1, 2));
  const history = withHistory ? openHistory({ file: join(folder, 'data', 'history.db') }) : undefined;
  const lines: string[] = [];
  const gateway = createGateway({
    config: {
      host: 'localhost',
      scanBudget: 100,
      retentionDays: 400,
      maxDepth: 12,
      requestTimeoutMs: 10_000,
      upstreamTimeoutMs: 5_000,
      encryptionKeys,
    },
    urls: { apiUrl: new URL(twilio.url), oauthUrl: new URL(twilio.url) },
    store,
    ...(withConsole ? {} : { console: null }),
    history,
    syncsHistory: withHistory,
    log: createLogger('debug', (line) => lines.push(line)),
  });
  const { url, close } = await listen(gateway, 'localhost', 0);
  const window = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, locale: 'en-US' });
  const page = await window.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // Some steps expect the status 401 or 422, and some that the gateway is away.
    const isExpected = /the server responded with a status of|net::ERR_FAILED/.test(message.text());
    if (message.type() === 'error' && !isExpected) {
      complaints.push(message.text());
    }
  });
  onTestFinished(async () => {
    await window.close();
    await close(1_000);
    await gateway.close();
    await history?.close();
    await store.close();
    await twilio.close();
    rmSync(folder, { recursive: true, force: true });
    expect(complaints).toEqual([]);
    expect(lines.filter((line) => line.includes('unexpected error'))).toEqual([]);
  });
  const app = sandbox.addApp({ accountSid: sandbox.accounts.parent.sid });
  return { sandbox, store, page, app, url, lines, window };
}
