import { html, raw } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { entryOf } from '../errors/catalogue.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { explainStoreError } from '../store/store-errors.ts';
import type { SignInContext } from './context.ts';
import { STYLE, STYLE_HASH } from './style.ts';

/** Markup from Hono's `html`, which escapes every value that is not markup itself. */
export type Html = ReturnType<typeof html>;

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${STYLE_HASH}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Responds with a complete page, without scripts and external resources. The headers guard it against framing and leaks
 * of its URL, beyond those of every response.
 */
export function page(c: SignInContext, status: number, title: string, content: Html) {
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
<header><strong>Twilio GraphQL gateway</strong></header>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`,
    status as ContentfulStatusCode,
    {
      'Content-Type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      // With no-referrer, a browser sends forms with "Origin: null", which does not identify their origin.
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    },
  );
}

export function errorPage(c: SignInContext, status: number, title: string, message: string) {
  const content = html`<p class="problem" role="alert">${message}</p>
<p><a href="/login">Sign in</a></p>`;
  return page(c, status, title, content);
}

/** An error as a page or the console shows it. */
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
