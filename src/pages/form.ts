import { PageError } from './page-error.ts';

/** More than any form needs. */
export const MAX_FORM_BYTES = 64 * 1024;

/** The submitted fields; a missing field is empty. */
export interface Form {
  text(name: string): string;
  all(name: string): readonly string[];
}

export const NO_FORM: Form = formOf(new URLSearchParams());

/** Parses a form. @throws {PageError} for another content type */
export function parseForm(contentType: string | null, body: string): Form {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    throw new PageError(415, 'This form cannot be read', 'It must come from a page of this gateway.');
  }
  return formOf(new URLSearchParams(body));
}

function formOf(fields: URLSearchParams): Form {
  return { text: (name) => fields.get(name) ?? '', all: (name) => fields.getAll(name) };
}
