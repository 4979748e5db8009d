import { createHash } from 'node:crypto';
import { type Html, html } from './html.ts';

/** An answer for a browser, as opposed to one of the API. */
export class WebAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;

  constructor(status: number, headers: Readonly<Record<string, string>>, body = '') {
    this.status = status;
    // The address holds the state and leads to a code: it goes into no cache and no Referer.
    this.headers = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', ...headers };
    this.body = body;
  }
}

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0; padding: 1rem; }
main { max-width: 32rem; margin: 2rem auto; }
h1 { font-size: 1.5rem; line-height: 1.25; }
dt { font-weight: 600; }
dd { margin: 0 0 1rem; overflow-wrap: anywhere; }
ul { margin: 0; padding-left: 1.25rem; }
p { overflow-wrap: anywhere; }
form { display: flex; flex-wrap: wrap; gap: 0.75rem; }
button { flex: 1 1 8rem; min-height: 2.75rem; font: inherit; font-weight: 600; border: 2px solid;
  border-radius: 0.375rem; cursor: pointer; color: CanvasText; background: Canvas; }
button[value="allow"] { color: #fff; background: #0b57d0; border-color: #0b57d0; }
button:focus-visible { outline: 3px solid CanvasText; outline-offset: 3px; }
`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** A whole page without scripts. A form on it may lead to this server and to `formTarget`, nowhere else. */
export function webPage(status: number, title: string, content: Html, formTarget = ''): WebAnswer {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_HASH}'`,
    // Browsers hold the redirect that answers a form to this as well.
    `form-action 'self' ${formTarget}`.trim(),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – Twilio sandbox</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
  };
  return new WebAnswer(status, headers, page.markup);
}
