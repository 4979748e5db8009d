import { html } from './html.ts';
import type { PageView } from './visit.ts';

const MARK = 'again';

/**
 * Makes a browser that follows a link or redirect of another site load the same URL again, as a same-site navigation.
 *
 * The session's cookie is SameSite=Strict, so the browser does not send it when it follows a link of another site, or
 * Twilio's redirect after consent. A second cookie with SameSite=Lax would be sent, but a redirect after that still
 * counts as cross-site and would end at the login. A page that refreshes itself starts a new, same-site navigation with
 * all cookies.
 *
 * @returns null if the request is same-origin or not caused by a page
 */
export function bounce(method: string, headers: Headers, url: URL): PageView | null {
  if (method !== 'GET') return null;
  const from = headers.get('sec-fetch-site');
  if (from === 'same-origin' || from === 'none') return null;
  const next = new URL(url);
  if (from === null) {
    // Not every client sends Sec-Fetch-Site. Without it, only the redirect from Twilio is known to be cross-site.
    if (url.pathname !== '/oauth/callback' || url.searchParams.has(MARK)) return null;
    next.searchParams.set(MARK, '1');
  }
  const path = next.pathname + next.search;
  return {
    title: 'One moment',
    content: () => html`<p><a href="${path}">Continue</a></p>`,
    next: path,
  };
}

/** Removes the mark from a URL. */
export function withoutMark(url: URL): URL {
  const clean = new URL(url);
  clean.searchParams.delete(MARK);
  return clean;
}
