import { type Html, html } from './html.ts';
import { STYLE, STYLE_HASH } from './style.ts';
import type { FormContext, PageView } from './visit.ts';

/** The values of the layout around every page. */
export interface Frame extends FormContext {
  /** The name of the logged-in user; null without a login. */
  readonly user: string | null;
  readonly flash: { text: string; failed: boolean } | null;
  readonly graphiql: boolean;
}

/** Renders a complete page, without scripts and external resources. */
export function renderPage({ title, content, next }: PageView, frame: Frame): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${next ? html`<meta http-equiv="refresh" content="0; url=${next}">` : null}
<title>${title} – Twilio GraphQL gateway</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<header>
<div class="bar">
<strong>Twilio GraphQL gateway</strong>
<nav aria-label="Main"><a href="/credentials">Credentials</a>${frame.graphiql ? html` <a href="/graphql">GraphiQL</a>` : null}</nav>
${frame.user === null ? null : logOut(frame.user, frame)}
</div>
</header>
<main>
${frame.flash && flashOf(frame.flash)}
<h1>${title}</h1>
${content(frame)}
</main>
</body>
</html>
`.markup;
}

function flashOf({ text, failed }: NonNullable<Frame['flash']>): Html {
  return failed
    ? html`<p class="problem" role="alert">${text}</p>`
    : html`<p class="note" role="status">${text}</p>`;
}

function logOut(user: string, frame: FormContext): Html {
  return html`<form method="post" action="/credentials/logout">${tokenField(frame)}
<span class="muted"><span class="unseen">Logged in as </span>${user}</span> <button class="quiet">Log out</button></form>`;
}

export function tokenField({ token }: FormContext): Html {
  return html`<input type="hidden" name="token" value="${token}">`;
}

/** Returns the security headers of a page, against framing, content sniffing and leaks of its URL. */
export function pageHeaders({ formTargets = [], next, allow }: PageView): [string, string][] {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_HASH}'`,
    // Chromium applies this to the redirect after a form, too.
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return [
    ['content-type', 'text/html; charset=utf-8'],
    ['content-security-policy', policy.join('; ')],
    // With no-referrer, a browser sends forms with "Origin: null", which does not identify their origin.
    ['referrer-policy', next ? 'no-referrer' : 'same-origin'],
    ['x-content-type-options', 'nosniff'],
    ['x-frame-options', 'DENY'],
    ['cross-origin-opener-policy', 'same-origin'],
    ['cross-origin-resource-policy', 'same-origin'],
    ...(allow ? [['allow', allow] as [string, string]] : []),
  ];
}
