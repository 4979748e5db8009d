import { setTimeout as sleep } from 'node:timers/promises';
import { hashToken } from '../auth/api-token.ts';
import type { Callers } from '../auth/callers.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Logger } from '../log.ts';
import { explainStoreError } from '../store/explain-store-error.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { formOf, textField } from './fields.ts';
import { html } from './html.ts';
import { nullIfRejected } from './identify.ts';
import type { Problem } from './problem.ts';
import type { Sessions } from './session.ts';
import type { PageView, Routes, Visit } from './visit.ts';

/** Slows down guessing; not strictly necessary, because a key has 256 random bits. */
const WRONG_KEY_DELAY_MS = 400;

export function loginRoutes(
  callers: Callers,
  sessions: Sessions,
  log: Logger,
  telemetry: Telemetry,
): Routes<Visit> {
  return {
    '/credentials/login': {
      async POST({ form, origin, session }) {
        // Looked up by its hash: the timing of the lookup reveals nothing about the key.
        const keyHash = hashToken(form.text('key').trim());
        const principal = await callers.identifyHash(keyHash, origin).catch((error) => {
          if (error instanceof GatewayError) telemetry.callerRefused(String(error.extensions.code));
          return nullIfRejected(explainStoreError(error));
        });
        if (principal?.role === 'ADMIN') {
          const loggedIn = await explained(sessions.logIn(keyHash, session));
          log.info({ audit: 'page.login', actor: principal.name, origin }, 'audit');
          return { location: '/credentials', session: loggedIn };
        }
        log.info({ audit: 'page.login-refused', actor: principal?.name ?? null, origin }, 'audit');
        if (principal) return loginPage(problem(403, READER));
        await sleep(WRONG_KEY_DELAY_MS);
        // The same message for unknown, expired and revoked keys.
        return loginPage(problem(401, UNKNOWN));
      },
    },
    '/credentials/logout': {
      POST: async ({ session }) => ({
        location: '/credentials',
        session: await explained(sessions.logOut(session)),
        done: 'You have logged out.',
      }),
    },
  };
}

async function explained<T>(change: Promise<T>): Promise<T> {
  return change.catch((error) => {
    throw explainStoreError(error);
  });
}

const READER = 'This key has the role READER, which cannot manage the gateway. Log in with an ADMIN key.';
const UNKNOWN =
  'This key was rejected. Check that it is complete, is an ADMIN key, and has not expired or been revoked.';

function problem(status: number, message: string): Problem {
  return { status, message, field: 'key' };
}

export function loginPage(problem: Problem | null): PageView {
  const key = textField(
    {
      name: 'key',
      label: 'ADMIN key',
      type: 'secret',
      hint: 'An API key (tgw_…) with the role ADMIN, or the value of GATEWAY_ADMIN_KEY. If there is none, create one on the command line: npm run cli -- api-key create --admin --name ops',
      autocomplete: 'current-password',
    },
    problem,
  );
  return {
    status: problem?.status ?? 401,
    title: 'Log in',
    content: (context) => html`<p>Manage the Twilio credentials and API keys of this gateway.</p>
${formOf({ action: '/credentials/login', submit: 'Log in', cancel: null, fields: [key], problem }, context)}`,
  };
}
