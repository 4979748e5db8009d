import { setTimeout as sleep } from 'node:timers/promises';
import { hashToken } from '../auth/api-token.ts';
import type { Callers } from '../auth/callers.ts';
import { explainStoreError } from '../credentials/explain-store-error.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Logger } from '../log.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { formOf, textField } from './fields.ts';
import { html } from './html.ts';
import { nobody } from './identify.ts';
import type { Problem } from './problem.ts';
import type { Sessions } from './session.ts';
import type { PageAnswer, Routes, Visit } from './visit.ts';

/** Makes guessing slow; a key has 256 bits, so that this is manners more than need. */
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
        // By its hash alone: what a lookup's time tells of a hash tells nothing of the key.
        const keyHash = hashToken(form.text('key').trim());
        const identity = await callers.identifyHash(keyHash, origin).catch((error) => {
          if (error instanceof GatewayError) telemetry.callerRefused(String(error.extensions.code));
          return nobody(explainStoreError(error));
        });
        if (identity?.role === 'ADMIN') {
          const loggedIn = await explained(sessions.logIn(keyHash, session));
          log.info({ audit: 'page.login', actor: identity.name, origin }, 'audit');
          return { location: '/credentials', session: loggedIn };
        }
        log.info({ audit: 'page.login-refused', actor: identity?.name ?? null, origin }, 'audit');
        if (identity) return loginPage(problem(403, READER));
        await sleep(WRONG_KEY_DELAY_MS);
        // The same words for unknown, expired and revoked.
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

const READER =
  'This is the key of a READER, who reads through GraphQL but does not manage. Log in with an ADMIN key.';
const UNKNOWN =
  'This key does not open the page. Check that it was copied whole, is an ADMIN key, and has neither expired nor been revoked.';

function problem(status: number, message: string): Problem {
  return { status, message, field: 'key' };
}

export function loginPage(problem: Problem | null): PageAnswer {
  const key = textField(
    {
      name: 'key',
      label: 'ADMIN key',
      type: 'secret',
      hint: 'An API key (tgw_…) of the role ADMIN, or the value of GATEWAY_ADMIN_KEY. Where none is left, make one on the command line: twilio-graphql-gateway api-key create --admin --name ops',
      autocomplete: 'current-password',
    },
    problem,
  );
  return {
    status: problem?.status ?? 401,
    title: 'Log in',
    content: (context) => html`<p>Here the gateway's Twilio credentials and API keys are managed.</p>
${formOf({ action: '/credentials/login', submit: 'Log in', cancel: null, fields: [key], problem }, context)}`,
  };
}
