import { describe, expect, test } from 'vitest';
import { listening } from './kit.ts';

describe('security headers', () => {
  const places: [path: string, init?: RequestInit][] = [
    ['/graphql?query=%7Bviewer%7Bname%7D%7D'],
    ['/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{' }],
    ['/graphql', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' }],
    ['/graphql', { method: 'DELETE' }],
    ['/graphql', { headers: { accept: 'text/html' } }],
    ['/credentials'],
    ['/login'],
    ['/login/nothing'],
    ['/health'],
    ['/ready'],
    ['/'],
    ['/nothing'],
  ];

  test.each(places)('are in every response: %s %j', async (path, init) => {
    const kit = await listening();
    const { headers } = await fetch(kit.url + path, { redirect: 'manual', ...init });
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringMatching(/^default-src 'none';.*frame-ancestors 'none'/),
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': expect.stringMatching(/^(?:no-referrer|same-origin)$/),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    expect(headers.get('server')).toBeNull();
    expect(headers.get('x-powered-by')).toBeNull();
  });
});
