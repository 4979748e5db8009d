/** Answers null for a good value, otherwise what would be one. */
export type Check = (value: unknown) => string | null;

export const amount: Check = (value) =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? null : 'a number of 0 or more';

export const flag: Check = (value) => (typeof value === 'boolean' ? null : 'true or false');

export const text: Check = (value) => (typeof value === 'string' ? null : 'a string');

export const textOrNull: Check = (value) =>
  value === null || typeof value === 'string' ? null : 'a string or null';

export function choice(...values: (string | number)[]): Check {
  return (value) =>
    values.some((allowed) => allowed === value) ? null : values.map((v) => JSON.stringify(v)).join(' or ');
}

export const fault: Check = (value) => {
  if (typeof value === 'number' && value >= 0 && value <= 1) return null;
  if (typeof value === 'object' && value !== null && Object.keys(value).join() === 'next') {
    const { next } = value as { next: unknown };
    if (Number.isSafeInteger(next) && Number(next) >= 0) return null;
  }
  return 'a rate from 0 to 1 or {"next": a whole number}';
};
