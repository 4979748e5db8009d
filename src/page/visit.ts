import type { Actor } from '../management/actor.ts';
import type { Cookie } from './cookies.ts';
import type { Form } from './form.ts';
import type { Html } from './html.ts';
import type { Session } from './session.ts';
import type { Site } from './site.ts';

/** A request to the page, with what is known before it is answered. */
export interface Visit {
  readonly url: URL;
  readonly site: Site;
  /** The address it came from; null in-process. */
  readonly origin: string | null;
  readonly session: Session;
  /** Null for somebody who has yet to log in. */
  readonly actor: Actor | null;
  /** What was posted, from a page of this gateway and this session. */
  readonly form: Form;
  cookie(name: string): string | undefined;
}

/** Of somebody who may manage. */
export interface AdminVisit extends Visit {
  readonly actor: Actor;
}

/** A page to show. */
export interface PageAnswer {
  /** @default 200 */
  status?: number;
  /** The text of the one h1. */
  title: string;
  content: (context: FormContext) => Html;
  /** Where a form of it may end besides this gateway. */
  formTargets?: readonly string[];
  /** A path of this gateway where the browser goes on at once. */
  next?: string;
  /** The methods that would do, of a 405. */
  allow?: string;
}

/** Another address to go on at, after something was done or cannot be. */
export interface RedirectAnswer {
  location: string;
  /** What the next page says, once. */
  done?: string;
  /** What the next page says went wrong, once. */
  failed?: string;
  cookies?: readonly Cookie[];
  /** The session that goes on from here, when it is another. */
  session?: Session;
}

export type Answer = PageAnswer | RedirectAnswer;

/** What every form needs. */
export interface FormContext {
  /** Goes into a hidden field. */
  readonly token: string;
}

/** What one path answers, by method. */
export type Route<V extends Visit> = { readonly [method in 'GET' | 'POST']?: (visit: V) => Promise<Answer> };

/** By exact path. */
export type Routes<V extends Visit> = Readonly<Record<string, Route<V>>>;
