/** Failures of one error code and country, as the API counts them. */
export interface FailureGroup {
  readonly error: { readonly code: number } | null | undefined;
  readonly country?: string | null | undefined;
  readonly measures: { readonly messages: number };
}

/** A row, a column or a cell without a code or a country has null. */
export interface FailureMatrix {
  /** The codes with the most failures, the most frequent first. */
  readonly rows: readonly { readonly code: number | null; readonly total: number }[];
  /** The countries with the most failures, the most frequent first. */
  readonly columns: readonly { readonly country: string | null; readonly total: number }[];
  /** How many codes and countries there are beyond rows and columns. */
  readonly moreCodes: number;
  readonly moreCountries: number;
  /** The largest number of a cell. */
  readonly max: number;
  countOf(code: number | null, country: string | null): number;
  /** Failures of a code in the countries beyond the columns. */
  restOf(code: number | null): number;
}

/** Arranges failures in a table of codes and countries. */
export function matrixOf(
  groups: readonly FailureGroup[],
  { maxCodes, maxCountries }: { readonly maxCodes: number; readonly maxCountries: number },
): FailureMatrix {
  const cells = new Map<string, number>();
  const codes = new Map<number | null, number>();
  const countries = new Map<string | null, number>();
  for (const { error, country = null, measures } of groups) {
    const code = error?.code ?? null;
    add(cells, keyOf(code, country), measures.messages);
    add(codes, code, measures.messages);
    add(countries, country, measures.messages);
  }
  const rows = ranked(codes).map(([code, total]) => ({ code, total }));
  const columns = ranked(countries).map(([country, total]) => ({ country, total }));
  const shownRows = rows.slice(0, maxCodes);
  const shownColumns = columns.slice(0, maxCountries);
  const countOf = (code: number | null, country: string | null) => cells.get(keyOf(code, country)) ?? 0;
  return {
    rows: shownRows,
    columns: shownColumns,
    moreCodes: rows.length - shownRows.length,
    moreCountries: columns.length - shownColumns.length,
    max: Math.max(
      1,
      ...shownRows.flatMap(({ code }) => shownColumns.map(({ country }) => countOf(code, country))),
    ),
    countOf,
    restOf: (code) =>
      columns.slice(maxCountries).reduce((sum, { country }) => sum + countOf(code, country), 0),
  };
}

const keyOf = (code: number | null, country: string | null) => `${code} ${country}`;

function add<K>(counts: Map<K, number>, key: K, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function ranked<K>(counts: ReadonlyMap<K, number>): [K, number][] {
  return [...counts].sort(([, a], [, b]) => b - a);
}
