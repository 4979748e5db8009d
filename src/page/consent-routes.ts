import type { Consent } from '../management/consent.ts';
import { redirectUriAt } from '../management/consent.ts';
import { CLIENT_ID, type Typed } from './add-pages.ts';
import { withoutMark } from './bounce.ts';
import { NICKNAME, SECRET } from './credential-forms.ts';
import { formOf, textField } from './fields.ts';
import { forAdmins } from './for-admins.ts';
import { html } from './html.ts';
import { attempt, type Problem } from './problem.ts';
import type { Seal } from './seal.ts';
import type { Session } from './session.ts';
import type { PageAnswer, Routes, Visit } from './visit.ts';

/** As long as the state is good for. */
const CONSENT_MS = 10 * 60 * 1000;

/** The way to Twilio's consent page and back, for an organization's OAuth app. */
export function consentRoutes(consent: Consent, oauthUrl: URL, seal: Seal): Routes<Visit> {
  const placeOf = ({ id }: Session) => ({ purpose: 'consent', session: id }) as const;
  const cookie = (value: string) => ({ name: 'consent', value, maxAgeMs: CONSENT_MS });

  const ways = forAdmins({
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
        // The return must come to the browser that went: nobody else's consent can be slipped in.
        const state = seal.seal(url.searchParams.get('state'), placeOf(session), CONSENT_MS);
        return { location: url.href, cookies: [cookie(state)] };
      },
    },
  });

  return {
    ...ways,
    '/oauth/callback': {
      // Always leads on: the address holds the code, which must stay in no history and no Referer.
      async GET({ actor, session, url, ...visit }) {
        const over = { location: '/credentials', cookies: [cookie('')] };
        if (!actor)
          return { ...over, failed: 'You are no longer logged in. Log in and connect the app again.' };
        const state = seal.open(visit.cookie('consent'), placeOf(session));
        if (state === null || state !== url.searchParams.get('state')) return { ...over, failed: FOREIGN };
        const { problem, value } = await attempt(() => consent.finish(actor, withoutMark(url)));
        if (problem) return { ...over, failed: problem.message };
        return { ...over, done: `"${value.nickname}" was connected.` };
      },
    },
  };
}

const FOREIGN =
  'This consent was not begun in this browser, or more than 10 minutes ago. Connect the app again.';

function connectPage(
  origin: string,
  oauthUrl: URL,
  typed: Typed = { nickname: '', clientId: '' },
  problem: Problem | null = null,
): PageAnswer {
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
<p>Twilio asks you for consent on a page of its own and leads back here. Register this redirect URI with the app first:
<code>${redirectUriAt(origin)}</code></p>
<p>To renew a consent, use the nickname and client id of the credential that is there.</p>
${formOf({ action: '/oauth/start', submit: 'Go to Twilio', fields, problem }, context)}`,
  };
}

/** Twilio's OAuth server leads to a log-in at another of its hosts, and that redirect counts as the form's too. */
function formTargetsOf({ origin, protocol, hostname }: URL): string[] {
  // A Content-Security-Policy cannot name an IPv6 address.
  if (hostname.startsWith('[')) return [protocol];
  return hostname.endsWith('.twilio.com') ? [origin, 'https://*.twilio.com'] : [origin];
}
