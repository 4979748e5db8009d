import { chartSchema } from './chart.ts';
import { errorTable } from './errors.ts';
import { envExample, settingsSections } from './settings.ts';
import { replaceTable } from './table.ts';

/** Returns the text a document should have, given the text it has. */
type Generate = (current: string) => string;

/** Documents that are generated, completely or in part. */
export const DOCUMENTS: Readonly<Record<string, Generate>> = {
  'docs/settings.md': (current) => current.slice(0, current.indexOf('\n## ') + 1) + settingsSections(),
  '.env.example': envExample,
  'deploy/helm/values.schema.json': chartSchema,
  'docs/errors.md': (current) => replaceTable(current, 'Codes', errorTable()),
};
