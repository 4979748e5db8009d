import { html } from 'hono/html';
import type { PageApp, PageContext } from './context.ts';
import { isSameOrigin } from './origin.ts';
import { errorPage, type Html, type PageHead, type Problem, page, problemOf, tokenField } from './page.ts';

/** More than any form needs. */
export const MAX_FORM_BYTES = 64 * 1024;

/** Reads the form of a POST. @returns a page about why it is rejected, if it is */
export async function readForm(c: PageContext): Promise<Response | null> {
  const { session, sessions, site } = c.env;
  if (!isSameOrigin(c.req.raw.headers, site)) return errorPage(c, 403, 'Form rejected', CROSS_SITE);
  if (isConsole(c)) {
    c.set('form', formOfJson(await c.env.readBody()));
    return null;
  }
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    return errorPage(c, 415, 'This form cannot be read', 'It must come from a page of this gateway.');
  }
  c.set('form', new URLSearchParams(await c.env.readBody()));
  // The console has no token. Whose browser says that the form is of this origin may sign out.
  if (c.req.path === '/logout' && c.req.header('sec-fetch-site') === 'same-origin') return null;
  if (sessions.isFormToken(session, textOf(c, 'token'))) return null;
  return errorPage(c, 403, 'This form is too old', STALE);
}

/** Sent by the console and GraphiQL, with the value 1, to use the session. */
export const SESSION_HEADER = 'x-gateway-session';

/**
 * Whether a script of this gateway sent the request. Another site cannot send {@link SESSION_HEADER} without a preflight, which
 * no page grants.
 */
export function isConsole(c: PageContext): boolean {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  return (
    c.req.header(SESSION_HEADER) === '1' &&
    c.req.header('sec-fetch-site') === 'same-origin' &&
    type === 'application/json'
  );
}

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
const STALE =
  'Nothing was changed. Go back, reload the page and send the form again; the browser must accept cookies from this gateway.';

/** Returns the submitted value of a field; empty if it is missing. */
export function textOf(c: PageContext, name: string): string {
  return (c.var.form.get(name) ?? '').trim();
}

export interface Field {
  name: string;
  label: string;
  /** A `secret` is hidden while it is typed and never filled in again. @default 'text' */
  type?: 'text' | 'secret' | 'date' | 'radio' | 'checkbox';
  hint?: string;
  /** @default true */
  required?: boolean;
  /** @default 256 */
  maxLength?: number;
  /** The browser's autocomplete hint. @default 'off' */
  autocomplete?: string;
  /** The choices of a radio or checkbox field. */
  choices?: readonly { value: string; label: string }[];
}

export interface Form {
  /** Null sends it to the address of the page, with its fragment, which a redirect then keeps. */
  action: string | null;
  /** The label of the button. */
  submit: string;
  danger?: boolean;
  /** The target of the cancel link. @default the list of credentials */
  cancel?: string | null;
  hidden?: Readonly<Record<string, string>>;
  fields?: readonly Field[];
  /** The values to fill in. */
  values?: URLSearchParams;
  problem?: Problem | undefined;
}

/** Creates a form with its token; an error that belongs to no field is shown above it. */
export function formOf(c: PageContext, form: Form): Html {
  const { action, submit, danger, cancel = '/credentials', hidden = {}, fields = [], problem } = form;
  const values = form.values ?? new URLSearchParams();
  const isAtField = fields.some(({ name }) => name === problem?.field);
  return html`${problem && !isAtField ? html`<p class="problem" role="alert">${problem.message}</p>` : null}
<form class="fields" method="post" ${action === null ? null : html`action="${action}"`}>
${tokenField(c)}
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${fields.map((field) =>
  field.choices
    ? choiceField(field, values)
    : textField(field, values, problem?.field === field.name ? problem.message : null),
)}
<div class="actions"><button ${danger ? html`class="danger"` : null}>${submit}</button>
${cancel === null ? null : html`<a href="${cancel}">Cancel</a>`}</div>
</form>`;
}

function textField(field: Field, values: URLSearchParams, wrong: string | null): Html {
  const { name, label, type = 'text', hint, required = true, maxLength = 256, autocomplete = 'off' } = field;
  const value = type === 'secret' ? null : values.get(name);
  const described = [hint && `${name}-hint`, wrong && `${name}-wrong`].filter(Boolean).join(' ');
  return html`<div class="field">
<label for="${name}">${label}${required ? null : html` <span class="muted">(optional)</span>`}</label>
${hint && html`<span class="hint" id="${name}-hint">${hint}</span>`}
<input id="${name}" name="${name}" type="${type === 'secret' ? 'password' : type}" maxlength="${maxLength}"
 autocomplete="${autocomplete}" spellcheck="false" autocapitalize="off"
 ${value && html`value="${value}"`} ${required ? html`required` : null}
 ${described && html`aria-describedby="${described}"`} ${wrong && html`aria-invalid="true" autofocus`}>
${wrong && html`<span class="wrong" id="${name}-wrong">${wrong}</span>`}
</div>`;
}

function choiceField({ name, label, type, hint, choices = [] }: Field, values: URLSearchParams): Html {
  const chosen = values.getAll(name);
  return html`<fieldset class="field" ${hint && html`aria-describedby="${name}-hint"`}>
<legend>${label}</legend>
${hint && html`<span class="hint" id="${name}-hint">${hint}</span>`}
${choices.map(({ value, label }) => html`<label class="choice"><input type="${type}" name="${name}" value="${value}" ${chosen.includes(value) ? html`checked` : null}> ${label}</label>`)}
</fieldset>`;
}

/** A page with one form about a subject, such as a credential. */
export interface FormPage<Subject> {
  path: string;
  /** Where the form is sent. @default the path */
  action?: string;
  /** Finds the subject, by the parameter `id` of the page or the form. */
  find(c: PageContext, id: string): Promise<Subject>;
  view(subject: Subject, c: PageContext): Omit<Form, 'action' | 'problem'> & PageHead & { intro?: Html };
  /** Does what the form asks for. Its GatewayErrors are shown at the form, with the submitted values. */
  act(c: PageContext, subject: Subject): Promise<Response>;
}

/** Adds the routes of a page with a form. @returns a function that shows it with a problem */
export function routeForm<Subject>(app: PageApp, form: FormPage<Subject>) {
  const { path, action = path, find, view, act } = form;
  async function show(c: PageContext, subject: Subject, problem?: Problem, values = c.var.form) {
    const { title, formTargets, intro, ...parts } = view(subject, c);
    const filled = problem ? { ...parts, values } : parts;
    return page(
      c,
      { title, formTargets, status: problem?.status },
      html`${intro}${formOf(c, { ...filled, action, problem })}`,
    );
  }
  app.get(path, async (c) => show(c, await find(c, c.req.query('id') ?? '')));
  app.post(action, async (c) => {
    const subject = await find(c, textOf(c, 'id'));
    try {
      return await act(c, subject);
    } catch (error) {
      return show(c, subject, problemOf(error));
    }
  });
  return show;
}
