import type { Consent } from '../admin/consent.ts';
import { redirectUriAt } from '../admin/consent.ts';
import { CLIENT_ID, type Typed } from './add-pages.ts';
import { withoutMark } from './bounce.ts';
import { NICKNAME, SECRET } from './credential-forms.ts';
import { formOf, textField } from './fields.ts';
import { forAdmins } from './for-admins.ts';
import { html } from './html.ts';
import { attempt, type Problem } from './problem.ts';
import type { Seal } from './seal.ts';
import type { Session } from './session.ts';
import type { PageView, Routes, Visit } from './visit.ts';

/** The lifetime of the OAuth state. */
const CONSENT_MS = 10 * 60 * 1000;

/** The routes of the consent flow for an organization's OAuth app: to Twilio's consent page and back. */
export function consentRoutes(consent: Consent, oauthUrl: URL, seal: Seal): Routes<Visit> {
  const placeOf = ({ id }: Session) => ({ purpose: 'consent', session: id }) as const;
  const cookie = (value: string) => ({ name: 'consent', value, maxAgeMs: CONSENT_MS });

  const startRoutes = forAdmins({
    '/credentials/connect': {
      GET: async ({ site }) => connectPage(site.origin, oauthUrl),
    },
    '/oauth/start': {
      async POST({ actor, form, site, session }) {
        const typed = { nickname: form.text('nickname').trim(), clientId: form.text('clientId').trim() };
        const redirectUri = redirectUriAt(site.origin);
        const input = { ...typed, clientSecret: form.text('clientSecret'), redirectUri };
        const { problem, value: url } = await attempt(() => consent.start(actor, input));
        if (problem) return connectPage(site.origin, oauthUrl, typed, problem);
        // Binds the state to this browser, so that nobody can inject another consent.
        const state = seal.seal(url.searchParams.get('state'), placeOf(session), CONSENT_MS);
        return { location: url.href, cookies: [cookie(state)] };
      },
    },
  });

  return {
    ...startRoutes,
    '/oauth/callback': {
      // Always redirects: the URL contains the code, which must not remain in the history or a Referer.
      async GET({ actor, session, url, ...visit }) {
        const back = { location: '/credentials', cookies: [cookie('')] };
        if (!actor)
          return { ...back, failed: 'You are no longer logged in. Log in and connect the app again.' };
        const state = seal.open(visit.cookie('consent'), placeOf(session));
        if (state === null || state !== url.searchParams.get('state'))
          return { ...back, failed: UNKNOWN_STATE };
        const { problem, value } = await attempt(() => consent.finish(actor, withoutMark(url)));
        if (problem) return { ...back, failed: problem.message };
        return { ...back, done: `"${value.nickname}" was connected.` };
      },
    },
  };
}

const UNKNOWN_STATE =
  'This consent was not started in this browser, or more than 10 minutes ago. Connect the app again.';

function connectPage(
  origin: string,
  oauthUrl: URL,
  typed: Typed = { nickname: '', clientId: '' },
  problem: Problem | null = null,
): PageView {
  const fields = [
    textField({ ...NICKNAME, value: typed.nickname }, problem),
    textField({ ...CLIENT_ID, value: typed.clientId }, problem),
    textField(SECRET, problem),
  ];
  return {
    status: problem?.status ?? 200,
    title: 'Connect an organization app',
    formTargets: formTargetsOf(oauthUrl),
    content: (context) => html`
<p>Twilio asks for your consent on its own page and then returns here. Register this redirect URI with the app first:
<code>${redirectUriAt(origin)}</code></p>
<p>To renew a consent, use the nickname and client id of the existing credential.</p>
${formOf({ action: '/oauth/start', submit: 'Go to Twilio', fields, problem }, context)}`,
  };
}

/** The form targets for the Content-Security-Policy: Twilio's OAuth server redirects to a login on another host. */
function formTargetsOf({ origin, protocol, hostname }: URL): string[] {
  // A Content-Security-Policy cannot name an IPv6 address.
  if (hostname.startsWith('[')) return [protocol];
  return hostname.endsWith('.twilio.com') ? [origin, 'https://*.twilio.com'] : [origin];
}
