import { loginPage } from './login-routes.ts';
import { PageError } from './page-error.ts';
import type { AdminVisit, PageResult, Route, Routes, Visit } from './visit.ts';

/** Restricts routes to administrators; other callers get the login page or an error, and nothing is changed. */
export function forAdmins(routes: Routes<AdminVisit>): Routes<Visit> {
  return Object.fromEntries(Object.entries(routes).map(([path, route]) => [path, guarded(route)]));
}

function guarded({ GET, POST }: Route<AdminVisit>): Route<Visit> {
  return { ...(GET ? { GET: guard(GET) } : {}), ...(POST ? { POST: guard(POST) } : {}) };
}

function guard(handler: (visit: AdminVisit) => Promise<PageResult>): (visit: Visit) => Promise<PageResult> {
  return async (visit) => {
    const { actor, session } = visit;
    if (!actor) {
      const ended =
        'You are no longer logged in, because you logged out, 8 hours have passed, or the key was revoked. Nothing was changed.';
      return loginPage(session.keyHash === null ? null : { status: 401, message: ended, field: null });
    }
    if (actor.role !== 'ADMIN') {
      throw new PageError(
        403,
        'For administrators',
        'Credentials and API keys are managed with an ADMIN key.',
      );
    }
    return handler({ ...visit, actor });
  };
}
