import { html } from './html.ts';
import type { SandboxAccount, SandboxOrganizationApp } from './types.ts';
import { type WebAnswer, webPage } from './web-answer.ts';

export interface ConsentQuestion {
  app: SandboxOrganizationApp;
  account: Pick<SandboxAccount, 'sid' | 'friendlyName'>;
  redirectUri: string;
  offline: boolean;
  /** What the form sends back, which is what came in. */
  fields: readonly (readonly [name: string, value: string])[];
}

/** Asks a person whether an app may have what it asks for. */
export function consentPage({ app, account, redirectUri, offline, fields }: ConsentQuestion): WebAnswer {
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
<dd>${offline ? 'Until you take it back, also while you are away' : 'Until its first access token expires'}</dd>
<dt>Where you go next</dt>
<dd>${host}</dd>
</dl>
<form method="post" action="/v2/authorize">
${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">\n`)}
<button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny">Deny</button>
</form>
<p>This is a made-up Twilio for trying things out: nothing here is real, and nobody has to sign in.</p>`;
  // A Content-Security-Policy cannot name an IPv6 address.
  return webPage(200, `Allow ${app.nickname}?`, content, host.startsWith('[') ? protocol : origin);
}

/** Tells a person what is wrong, and leads nowhere: there is nobody it would be safe to be sent to. */
export function refusalPage(title: string, problem: string, value: string): WebAnswer {
  return webPage(400, title, html`<p>${problem}</p>\n<p><code>${value || '(none)'}</code></p>`);
}
