import { html, raw } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { entryOf } from '../errors/catalogue.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { explainStoreError } from '../store/store-errors.ts';
import type { PageContext } from './context.ts';
import { isLoggedIn, readCookie, writeCookie } from './session.ts';
import { STYLE, STYLE_HASH } from './style.ts';

/** Markup from Hono's `html`, which escapes every value that is not markup itself. */
export type Html = ReturnType<typeof html>;

export interface PageHead {
  /** The text of the h1. */
  title: string;
  /** @default 200 */
  status?: number | undefined;
  /** Origins other than this gateway to which its forms may redirect. */
  formTargets?: readonly string[] | undefined;
}

/** A message shown once, on the page after a redirect. */
interface Flash {
  text: string;
  failed: boolean;
}

const FLASH_MS = 60_000;

/**
 * Responds with a complete page, without scripts and external resources. The headers guard it against framing and leaks
 * of its URL, beyond those of every response.
 */
export function page(c: PageContext, head: PageHead, content: Html): Response | Promise<Response> {
  const { title, status = 200, formTargets = [] } = head;
  const { session, graphiql } = c.env;
  const flash = takeFlash(c);
  const user = isLoggedIn(session) ? c.var.principal?.name : undefined;
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_HASH}'`,
    // Chromium applies this to the redirect after a form, too.
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  if (status === 401) c.header('www-authenticate', 'Bearer');
  return c.html(
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} – Twilio GraphQL gateway</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<header>
<div class="bar">
<strong>Twilio GraphQL gateway</strong>
<nav aria-label="Main"><a href="/">Console</a> <a href="/credentials">Credentials</a>${graphiql ? html` <a href="/graphql">GraphiQL</a>` : null}</nav>
${
  user === undefined
    ? null
    : html`<form method="post" action="/logout">${tokenField(c)}
<span class="muted"><span class="unseen">Signed in as </span>${user}</span> <button class="quiet">Sign out</button></form>`
}
</div>
</header>
<main>
${flash && html`<p class="${flash.failed ? 'problem' : 'note'}" role="${flash.failed ? 'alert' : 'status'}">${flash.text}</p>`}
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`,
    status as ContentfulStatusCode,
    {
      'Content-Type': 'text/html; charset=utf-8',
      'content-security-policy': policy.join('; '),
      // With no-referrer, a browser sends forms with "Origin: null", which does not identify their origin.
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    },
  );
}

/** Returns the hidden field with the CSRF token of every form. */
export function tokenField({ env: { session, sessions } }: PageContext): Html {
  return html`<input type="hidden" name="token" value="${sessions.formToken(session)}">`;
}

export function errorPage(c: PageContext, status: number, title: string, message: string) {
  const content = html`<p class="problem" role="alert">${message}</p>
<p><a href="/credentials">All credentials</a></p>`;
  return page(c, { status, title }, content);
}

/** Redirects to a page, by default the list of credentials, which shows the message once. */
export function toList(
  c: PageContext,
  text: string,
  { failed = false, session = c.env.session, path = '/credentials' } = {},
) {
  const { seal, site } = c.env;
  // In a cookie instead of the URL, whose text anyone could forge.
  const flash = seal.seal({ text, failed } satisfies Flash, 'flash', session.id, FLASH_MS);
  writeCookie(c, site, 'flash', flash, FLASH_MS);
  return c.redirect(path, 303);
}

function takeFlash(c: PageContext): Flash | null {
  const { seal, session, site } = c.env;
  const sealed = readCookie(c.req.raw, site, 'flash');
  if (!sealed) return null;
  writeCookie(c, site, 'flash', '', 0);
  return seal.open(sealed, 'flash', session.id) as Flash | null;
}

/** An error as shown on a page. */
export interface Problem {
  readonly status: number;
  readonly message: string;
  readonly code: string;
  /** The name of the invalid field; null if the error belongs to no field. */
  readonly field: string | null;
}

/** Turns an error into a problem. @throws the error itself unless it is a GatewayError or one of the store */
export function problemOf(thrown: unknown): Problem {
  const error = explainStoreError(thrown);
  if (!(error instanceof GatewayError)) throw error;
  const { argument } = error.extensions;
  const { pageStatus, status } = entryOf(error.code);
  return {
    status: error.status ?? pageStatus ?? status,
    message: error.message,
    code: error.code,
    field: typeof argument === 'string' ? argument : null,
  };
}

/** Formats an instant to the minute, in UTC, because the reader may be in another time zone. */
export function time(date: Date): Html {
  const text = date.toISOString();
  return html`<time datetime="${text}">${text.slice(0, 10)} ${text.slice(11, 16)} UTC</time>`;
}
