import { errorTable } from './errors.ts';
import { envExample, settingsTable } from './settings.ts';
import { replaceTable } from './table.ts';

/** Returns the text a document should have, given the text it has. */
type Generate = (current: string) => string;

/** Documents that are generated, completely or in part. */
export const DOCUMENTS: Readonly<Record<string, Generate>> = {
  'README.md': (current) => replaceTable(current, 'Settings', settingsTable()),
  '.env.example': envExample,
  'docs/errors.md': (current) => replaceTable(current, 'Codes', errorTable()),
};
