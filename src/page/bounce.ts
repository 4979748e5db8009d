import { html } from './html.ts';
import type { PageAnswer } from './visit.ts';

const MARK = 'again';

/**
 * Sends a browser that comes from another site to the same address once more, now from here.
 *
 * The session's cookie is SameSite=Strict, and a browser leaves it out when a link of another site leads here,
 * or Twilio's redirect after consent. A second cookie with SameSite=Lax would arrive, but the redirect that
 * follows still counts as coming from the other site, and would end at the log-in. A page that goes on by
 * itself is the beginning of a way of its own: then all cookies come along and the one strict session does.
 *
 * @returns null where the request came from here, or from nowhere
 */
export function bounce(method: string, headers: Headers, url: URL): PageAnswer | null {
  if (method !== 'GET') return null;
  const from = headers.get('sec-fetch-site');
  if (from === 'same-origin' || from === 'none') return null;
  const next = new URL(url);
  if (from === null) {
    // Not every client says where it comes from. Then only the way back from Twilio surely is from elsewhere.
    if (url.pathname !== '/oauth/callback' || url.searchParams.has(MARK)) return null;
    next.searchParams.set(MARK, '1');
  }
  const path = next.pathname + next.search;
  return {
    title: 'One moment',
    content: () => html`<p><a href="${path}">Go on</a></p>`,
    next: path,
  };
}

/** The address without the mark. */
export function withoutMark(url: URL): URL {
  const clean = new URL(url);
  clean.searchParams.delete(MARK);
  return clean;
}
