import { PageError } from './page-error.ts';

/** More than any form of the page holds. */
const MAX_BYTES = 64 * 1024;

/** What a person sent; a field that is not there is empty. */
export interface Form {
  text(name: string): string;
  all(name: string): readonly string[];
}

export const NO_FORM: Form = formOf(new URLSearchParams());

/** @throws {PageError} for another type of content, or too much of it */
export async function readForm(request: Request): Promise<Form> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    throw new PageError(415, 'This form cannot be read', 'It must come from a page of this gateway.');
  }
  return formOf(new URLSearchParams(await readText(request)));
}

async function readText({ headers, body }: Request): Promise<string> {
  if (Number(headers.get('content-length') ?? 0) > MAX_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  // The length need not be said beforehand, and need not be true.
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function tooLarge(): PageError {
  return new PageError(413, 'This form is too large', 'Its fields hold at most 64 KiB together.');
}

function formOf(fields: URLSearchParams): Form {
  return { text: (name) => fields.get(name) ?? '', all: (name) => fields.getAll(name) };
}
