import type { SignInContext } from './context.ts';
import { isSameOrigin } from './origin.ts';
import { errorPage } from './page.ts';

/** More than any form needs. */
export const MAX_FORM_BYTES = 64 * 1024;

/** Sent by the console and GraphiQL, with the value 1, to use the session. */
export const SESSION_HEADER = 'x-gateway-session';

const FORM = 'application/x-www-form-urlencoded';

/** Reads the fields of a POST: a form, or JSON of the console. @returns a page about why it is rejected, if it is */
export async function readForm(c: SignInContext): Promise<Response | null> {
  if (!isSameOrigin(c.req.raw.headers, c.env.site)) return errorPage(c, 403, 'Form rejected', CROSS_SITE);
  const isJson = isConsole(c);
  if (!isJson && typeOf(c) !== FORM) return notReadable(c);
  const body = await c.env.readBody();
  c.set('form', isJson ? formOfJson(body) : new URLSearchParams(body));
  return null;
}

/**
 * Whether a script of this gateway sent the request. Another site cannot send {@link SESSION_HEADER} without a preflight, which
 * no page grants.
 */
export function isConsole(c: SignInContext): boolean {
  return (
    c.req.header(SESSION_HEADER) === '1' &&
    c.req.header('sec-fetch-site') === 'same-origin' &&
    typeOf(c) === 'application/json'
  );
}

export const notReadable = (c: SignInContext) =>
  errorPage(c, 415, 'This form cannot be read', 'It must come from a page of this gateway.');

const typeOf = (c: SignInContext) => c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();

/** Takes the texts of a JSON object for the fields of a form. */
function formOfJson(body: string): URLSearchParams {
  try {
    const fields = Object.entries(JSON.parse(body || '{}') as object);
    return new URLSearchParams(
      fields.filter((field): field is [string, string] => typeof field[1] === 'string'),
    );
  } catch {
    return new URLSearchParams();
  }
}

const CROSS_SITE =
  'This form was not sent by a page of this gateway, so nothing was changed. Behind a proxy, set PUBLIC_URL to the URL that browsers use.';

/** Returns the submitted value of a field; empty if it is missing. */
export function textOf(c: SignInContext, name: string): string {
  return (c.var.form.get(name) ?? '').trim();
}
