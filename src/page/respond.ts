import type { Actor } from '../management/actor.ts';
import { type Cookie, writeCookie } from './cookies.ts';
import { pageHeaders, renderPage } from './layout.ts';
import type { Seal } from './seal.ts';
import type { Session, Sessions } from './session.ts';
import type { Site } from './site.ts';
import type { Answer, PageAnswer, RedirectAnswer } from './visit.ts';

export interface PageResponse {
  readonly status: number;
  readonly headers: [string, string][];
  readonly body: string | null;
}

/** What an answer is made for. */
export interface Occasion {
  site: Site;
  /** Null where there must be none. */
  session: Session | null;
  /** The browser does not have it yet. */
  isNew?: boolean;
  actor: Actor | null;
  /** The sealed message for this page. */
  flash: string | undefined;
}

/** What a page says once after a redirect. */
export interface Flash {
  text: string;
  failed: boolean;
}

const FLASH_MS = 60_000;

export type Respond = (answer: Answer, occasion: Occasion) => PageResponse;

/** Turns answers into what goes over HTTP, and keeps the cookies of the session and its message. */
export function createResponder(seal: Seal, sessions: Sessions, graphiql: boolean): Respond {
  const placeOf = ({ id }: Session) => ({ purpose: 'flash', session: id }) as const;

  function redirect(answer: RedirectAnswer, { site, session, isNew }: Occasion): PageResponse {
    const goesOn = answer.session ?? session;
    const cookies: Cookie[] = [...(answer.cookies ?? [])];
    if (goesOn && (isNew || answer.session)) cookies.push(sessions.cookieOf(goesOn));
    const text = answer.failed ?? answer.done;
    if (goesOn && text !== undefined) {
      const flash: Flash = { text, failed: answer.failed !== undefined };
      // In a cookie, not in the address: what stands there could be made up by anyone.
      cookies.push({ name: 'flash', value: seal.seal(flash, placeOf(goesOn), FLASH_MS), maxAgeMs: FLASH_MS });
    }
    const headers: [string, string][] = [
      ['location', answer.location],
      ['referrer-policy', 'no-referrer'],
    ];
    return { status: 303, headers: [...headers, ...closing(cookies, site)], body: null };
  }

  function page(answer: PageAnswer, { site, session, isNew, actor, flash }: Occasion): PageResponse {
    const { status = 200 } = answer;
    const said = session ? (seal.open(flash, placeOf(session)) as Flash | null) : null;
    const cookies: Cookie[] = [];
    if (session && isNew) cookies.push(sessions.cookieOf(session));
    if (session && flash) cookies.push({ name: 'flash', value: '', maxAgeMs: 0 });
    const body = renderPage(answer, {
      user: session?.keyHash && actor ? actor.name : null,
      flash: said,
      token: session ? sessions.formToken(session) : '',
      graphiql,
    });
    const headers = pageHeaders(answer);
    if (status === 401) headers.push(['www-authenticate', 'Bearer']);
    return { status, headers: [...headers, ...closing(cookies, site)], body };
  }

  return (answer, occasion) => ('location' in answer ? redirect(answer, occasion) : page(answer, occasion));
}

function closing(cookies: readonly Cookie[], { secure }: Site): [string, string][] {
  return [
    ['cache-control', 'no-store'],
    ...cookies.map((cookie): [string, string] => ['set-cookie', writeCookie(cookie, secure)]),
  ];
}
