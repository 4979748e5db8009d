import { codeIn, readDocument, tableUnder } from '../docs/markdown.ts';

/** Every code a client is told of. */
export const DOCUMENTED: ReadonlySet<string> = new Set(
  tableUnder(readDocument('docs/errors.md'), 'Codes').map(([code]) => codeIn(code) ?? ''),
);

/** What only the inside of a program says: stacks, files, the words of V8 and of Node. */
const INSIDE =
  /\bat \S+ \(|\bat (?:file:|node:|async )|node_modules|\/src\/|\.ts:\d|\b(?:Type|Range|Reference|Syntax|Assertion)Error\b|Cannot (?:read|set) propert|is not (?:a function|iterable)|ECONN|ENOENT|SQLITE|\bkysely\b|\bundici\b|\[object |Maximum call stack/;

export interface Answered {
  readonly status: number;
  readonly text: string;
}

/**
 * Lists what is wrong with an answer, whatever was asked: a fault of the gateway's own, an error without a
 * documented code, something from the inside of the program. What the request itself said may be repeated.
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
