import { SETTINGS } from '../../src/config/settings.ts';

/** Settings that the chart takes from Secrets alone. */
const FROM_SECRETS = /SECRET|_KEYS?$|^DATABASE_URL$/;

/** Settings that the chart's templates set. */
const BY_TEMPLATES = ['HOST', 'PORT', 'METRICS_HOST', 'METRICS_PORT', 'DATABASE_FILE'];

/** Returns the schema of the chart's values with the names of all other settings. */
export function chartSchema(current: string): string {
  const names = SETTINGS.map(({ name }) => name).filter(
    (name) => !FROM_SECRETS.test(name) && !BY_TEMPLATES.includes(name),
  );
  const lines = names.map((name) => `\n        "${name}": { "type": "string" }`);
  return current.replace(
    /("settings": \{\n[^{]*"properties": \{).*?(?:\n {6})?(\}\n {4}\},\n)/s,
    (_all, before: string, after: string) => `${before}${lines.join(',')}\n      ${after}`,
  );
}
