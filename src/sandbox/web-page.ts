import { createHash } from 'node:crypto';
import type { SandboxAccount, SandboxOrganizationApp } from './types.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Trusted markup: made by {@link html}, or a constant. */
export interface Html {
  readonly markup: string;
}

/** Template tag for HTML; escapes every value that is not {@link Html}. */
export function html(parts: TemplateStringsArray, ...values: (string | Html | readonly Html[])[]): Html {
  const texts = values.map((value) => {
    if (typeof value === 'string') return value.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
    return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('');
  });
  return { markup: String.raw({ raw: parts }, ...texts) };
}

/** A response for a browser, as opposed to an API response. */
export class WebResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;

  constructor(status: number, headers: Readonly<Record<string, string>>, body = '') {
    this.status = status;
    // The URL holds the state and leads to a code, so neither caches nor Referer may hold it.
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

/** Builds a page without scripts. Its forms may only submit to this server and redirect to `formTarget`. */
function webPage(status: number, title: string, content: Html, formTarget = ''): WebResponse {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_HASH}'`,
    // Browsers apply form-action to the redirect after the form as well.
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
  return new WebResponse(status, headers, page.markup);
}

export interface ConsentRequest {
  app: SandboxOrganizationApp;
  account: Pick<SandboxAccount, 'sid' | 'friendlyName'>;
  redirectUri: string;
  offline: boolean;
  /** The parameters of the request, which the form submits again. */
  fields: readonly (readonly [name: string, value: string])[];
}

/** Asks a person to allow or deny an app's permissions. */
export function consentPage({ app, account, redirectUri, offline, fields }: ConsentRequest): WebResponse {
  const { protocol, origin, host } = new URL(redirectUri);
  const permissions = app.permissions.map((name) => html`<li>${name}</li>`);
  const content = html`<dl>
<dt>App</dt>
<dd>${app.nickname}<br>${app.clientId}</dd>
<dt>Account it will open</dt>
<dd>${account.friendlyName}<br>${account.sid}</dd>
<dt>What it may do</dt>
<dd>${permissions.length > 0 ? html`<ul>${permissions}</ul>` : 'Nothing yet'}</dd>
<dt>How long</dt>
<dd>${offline ? 'Until you revoke it, even while you are away' : 'Until its first access token expires'}</dd>
<dt>Where you go next</dt>
<dd>${host}</dd>
</dl>
<form method="post" action="/v2/authorize">
${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">\n`)}
<button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny">Deny</button>
</form>
<p>This is a simulated Twilio for development: nothing here is real, and no sign-in is needed.</p>`;
  // A Content-Security-Policy cannot contain an IPv6 address.
  return webPage(200, `Allow ${app.nickname}?`, content, host.startsWith('[') ? protocol : origin);
}

/** Shows an error. It does not redirect, because no redirect URI is known to be safe. */
export function errorPage(title: string, problem: string, value: string): WebResponse {
  return webPage(400, title, html`<p>${problem}</p>\n<p><code>${value || '(none)'}</code></p>`);
}
