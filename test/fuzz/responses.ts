import { codeIn, readDocument, tableUnder } from '../docs/markdown.ts';

/** Every code that a client can see. */
export const DOCUMENTED: ReadonlySet<string> = new Set(
  tableUnder(readDocument('docs/errors.md'), 'Codes').map(([code]) => codeIn(code) ?? ''),
);

/** Text that only the inside of a program contains: stacks, files, messages of V8 and Node. */
const INSIDE =
  /\bat \S+ \(|\bat (?:file:|node:|async )|node_modules|\/src\/|\.ts:\d|\b(?:Type|Range|Reference|Syntax|Assertion)Error\b|Cannot (?:read|set) propert|is not (?:a function|iterable)|ECONN|ENOENT|SQLITE|\bkysely\b|\bundici\b|\[object |Maximum call stack/;

export interface Answered {
  readonly status: number;
  readonly text: string;
}

/**
 * Lists the faults of a response: a 5xx or unexpected error, an error without a documented code, or text
 * from the inside of the program. Text of the request may be repeated.
 */
export function faultsOf({ status, text }: Answered, asked = ''): string[] {
  const faults: string[] = [];
  if (status >= 500) faults.push(`status ${status}`);
  for (const { message, extensions } of errorsIn(text)) {
    const code = extensions?.code;
    if (code === undefined || !DOCUMENTED.has(code)) faults.push(`code ${code}: ${message}`);
    if (code === 'INTERNAL_SERVER_ERROR') faults.push(`masked: ${message}`);
    const said = INSIDE.exec(JSON.stringify({ message, extensions }));
    if (said && !asked.includes(said[0])) faults.push(`inside: ${message}`);
  }
  if (/^\s*$/.test(text) && status !== 204) faults.push('an empty answer');
  return faults;
}

interface Told {
  readonly message: string;
  readonly extensions?: { readonly code?: string };
}

function errorsIn(text: string): readonly Told[] {
  try {
    const { errors = [] } = JSON.parse(text) as { errors?: readonly Told[] };
    return errors;
  } catch {
    return [];
  }
}
