import { ERRORS } from '../../src/errors/catalogue.ts';
import type { ErrorEntry } from '../../src/errors/entry.ts';
import { table } from './table.ts';

/** Works as any argument of an entry's `build`: text, number, date, list or TwilioError. */
const ANYTHING = {
  code: null,
  status: 500,
  moreInfo: null,
  requestId: null,
  retryAfter: 1,
  nickname: '',
  cause: {},
  length: 1,
  join: () => '',
  slice: () => '',
  replace: () => '',
  toISOString: () => '',
  [Symbol.toPrimitive]: () => '1',
};

/** Returns the table of docs/errors.md, in the order of the catalogue. */
export function errorTable(): string {
  const rows = Object.entries(ERRORS).map(([code, entry]: [string, ErrorEntry]) => {
    const { status, strictOnly, when, action } = entry;
    const names = extensionsOf(entry)
      .sort()
      .map((name) => `\`${name}\``);
    return [`\`${code}\``, `${status}${strictOnly ? '*' : ''}`, names.join(', '), when, action];
  });
  return table(['Code', 'Status', 'Extensions', 'When', 'What to do'], rows);
}

function extensionsOf({ extensions = [], build }: ErrorEntry): string[] {
  const parts = build?.(...(Array(5).fill(ANYTHING) as never[]));
  return [...extensions, ...Object.keys((typeof parts === 'object' && parts.extensions) || {})];
}
