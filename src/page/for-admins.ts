import { loginPage } from './login-routes.ts';
import { PageError } from './page-error.ts';
import type { AdminVisit, Answer, Route, Routes, Visit } from './visit.ts';

/** Keeps routes for administrators; everybody else gets the page to log in, and nothing is done. */
export function forAdmins(routes: Routes<AdminVisit>): Routes<Visit> {
  return Object.fromEntries(Object.entries(routes).map(([path, route]) => [path, guarded(route)]));
}

function guarded({ GET, POST }: Route<AdminVisit>): Route<Visit> {
  return { ...(GET ? { GET: guard(GET) } : {}), ...(POST ? { POST: guard(POST) } : {}) };
}

function guard(answer: (visit: AdminVisit) => Promise<Answer>): (visit: Visit) => Promise<Answer> {
  return async (visit) => {
    const { actor, session } = visit;
    if (!actor) {
      const ended =
        'You are no longer logged in: you logged out, 8 hours have passed, or the key was revoked. Nothing was changed.';
      return loginPage(session.keyHash === null ? null : { status: 401, message: ended, field: null });
    }
    if (actor.role !== 'ADMIN') {
      throw new PageError(
        403,
        'For administrators',
        'Credentials and API keys are managed with an ADMIN key.',
      );
    }
    return answer({ ...visit, actor });
  };
}
