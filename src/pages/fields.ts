import { type Html, html } from './html.ts';
import { tokenField } from './layout.ts';
import type { Problem } from './problem.ts';
import type { FormContext } from './visit.ts';

export interface TextField {
  name: string;
  label: string;
  /** A `secret` is hidden while it is typed and never filled in again. @default 'text' */
  type?: 'text' | 'secret' | 'date';
  hint?: string;
  value?: string;
  /** @default true */
  required?: boolean;
  maxLength?: number;
  /** The browser's autocomplete hint. @default 'off' */
  autocomplete?: string;
}

/** An input with its label. */
export interface Field extends Html {
  /** Whether it shows an error. */
  readonly hasError: boolean;
}

/** Creates a labelled input, with its error below. */
export function textField(field: TextField, problem: Problem | null): Field {
  const { name, label, type = 'text', hint, value, required = true, maxLength = 256 } = field;
  const wrong = problem?.field === name ? problem.message : null;
  const described = [hint ? `${name}-hint` : null, wrong === null ? null : `${name}-wrong`];
  const input = html`<div class="field">
<label for="${name}">${label}${required ? null : html` <span class="muted">(optional)</span>`}</label>
${hint ? html`<span class="hint" id="${name}-hint">${hint}</span>` : null}
<input id="${name}" name="${name}" type="${type === 'secret' ? 'password' : type}" maxlength="${maxLength}"
 autocomplete="${field.autocomplete ?? 'off'}" spellcheck="false" autocapitalize="off"
 ${type === 'secret' || !value ? null : html`value="${value}"`} ${required ? html`required` : null}
 ${describedBy(described)} ${wrong === null ? null : html`aria-invalid="true" autofocus`}>
${wrong === null ? null : html`<span class="wrong" id="${name}-wrong">${wrong}</span>`}
</div>`;
  return { ...input, hasError: wrong !== null };
}

export interface ChoiceField {
  name: string;
  legend: string;
  type: 'radio' | 'checkbox';
  hint?: string;
  choices: readonly { value: string; label: string }[];
  chosen: readonly string[];
}

export function choiceField(field: ChoiceField): Field {
  const { name, legend, type, hint, choices, chosen } = field;
  const inputs = choices.map(({ value, label }) => {
    const checked = chosen.includes(value) ? html`checked` : null;
    return html`<label class="choice"><input type="${type}" name="${name}" value="${value}" ${checked}> ${label}</label>`;
  });
  const group = html`<fieldset class="field" ${describedBy([hint ? `${name}-hint` : null])}>
<legend>${legend}</legend>
${hint ? html`<span class="hint" id="${name}-hint">${hint}</span>` : null}
${inputs}
</fieldset>`;
  return { ...group, hasError: false };
}

export interface FormParts {
  action: string;
  /** The label of the button. */
  submit: string;
  danger?: boolean;
  /** The target of the cancel link. @default the list of credentials */
  cancel?: string | null;
  hidden?: Readonly<Record<string, string>>;
  fields?: readonly Field[];
  problem?: Problem | null;
}

/** Creates a form with its token; an error that belongs to no field is shown above it. */
export function formOf(parts: FormParts, context: FormContext): Html {
  const { action, submit, danger, cancel = '/credentials', hidden = {}, fields = [], problem } = parts;
  const shown = fields.some(({ hasError }) => hasError);
  return html`${problem && !shown ? html`<p class="problem" role="alert">${problem.message}</p>` : null}
<form class="fields" method="post" action="${action}">
${tokenField(context)}
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${fields}
<div class="actions"><button ${danger ? html`class="danger"` : null}>${submit}</button>
${cancel === null ? null : html`<a href="${cancel}">Cancel</a>`}</div>
</form>`;
}

function describedBy(ids: readonly (string | null)[]): Html | null {
  const present = ids.filter((id) => id !== null);
  return present.length > 0 ? html`aria-describedby="${present.join(' ')}"` : null;
}
