import type { Actor } from '../admin/actor.ts';
import type { Cookie } from './cookies.ts';
import type { Form } from './form.ts';
import type { Html } from './html.ts';
import type { Session } from './session.ts';
import type { Site } from './site.ts';

/** A request to a page, with its session and principal. */
export interface Visit {
  readonly url: URL;
  readonly site: Site;
  /** The client's address; null in-process. */
  readonly origin: string | null;
  readonly session: Session;
  /** Null before the login. */
  readonly actor: Actor | null;
  /** The submitted form, from a page of this gateway and this session. */
  readonly form: Form;
  cookie(name: string): string | undefined;
}

/** A visit of an administrator. */
export interface AdminVisit extends Visit {
  readonly actor: Actor;
}

/** A page to show. */
export interface PageView {
  /** @default 200 */
  status?: number;
  /** The text of the h1. */
  title: string;
  content: (context: FormContext) => Html;
  /** Origins other than this gateway to which its forms may redirect. */
  formTargets?: readonly string[];
  /** A path of this gateway that the browser loads immediately. */
  next?: string;
  /** The allowed methods, for status 405. */
  allow?: string;
}

/** A redirect after an action succeeded or failed. */
export interface Redirect {
  location: string;
  /** A message of success, shown once on the next page. */
  done?: string;
  /** An error message, shown once on the next page. */
  failed?: string;
  cookies?: readonly Cookie[];
  /** The new session, if it changes. */
  session?: Session;
}

export type PageResult = PageView | Redirect;

/** The values that every form needs. */
export interface FormContext {
  /** The CSRF token, for a hidden field. */
  readonly token: string;
}

/** The handlers of one path, by method. */
export type Route<V extends Visit> = {
  readonly [method in 'GET' | 'POST']?: (visit: V) => Promise<PageResult>;
};

/** Routes by exact path. */
export type Routes<V extends Visit> = Readonly<Record<string, Route<V>>>;
