import { ERRORS, type ErrorCode, type ErrorEntry } from '../../src/errors/catalogue.ts';
import { DESCRIPTIONS } from '../../src/errors/descriptions.ts';
import { errorsOfAllClasses } from './error-classes.ts';
import { table } from './table.ts';

/** Returns the table of docs/errors.md, in the order of the catalogue. */
export async function errorTable(): Promise<string> {
  const errors = await errorsOfAllClasses();
  const rows = Object.entries(ERRORS).map(([code, { status, strictOnly }]: [string, ErrorEntry]) => {
    const { when, action, extensions = [] } = DESCRIPTIONS[code as ErrorCode];
    const ofClasses = errors
      .filter((error) => error.code === code)
      .flatMap((error) => Object.keys(error.extensions))
      .filter((name) => name !== 'code');
    const names = [...new Set([...ofClasses, ...extensions])].sort().map((name) => `\`${name}\``);
    return [`\`${code}\``, `${status}${strictOnly ? '*' : ''}`, names.join(', '), when, action];
  });
  return table(['Code', 'Status', 'Extensions', 'When', 'What to do'], rows);
}
