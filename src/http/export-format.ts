import { stringify } from 'csv-stringify/sync';

/** A message as an export has it, with its position in the list. */
export type ExportRow = Readonly<Record<(typeof COLUMNS)[number], string | number | null>> & {
  readonly cursor: string;
};

/** Describes an export, behind its last row. */
export interface ExportSummary {
  /** Whether every message of the filter is in the export. */
  readonly complete: boolean;
  readonly count: number;
  /** The first and the last message, by creation. */
  readonly newest: string | null;
  readonly oldest: string | null;
  /** Absent in a file of the command line, which cannot know it after an interruption. */
  readonly scannedCount?: number;
  readonly historyTruncated: boolean;
  readonly unavailable: readonly unknown[];
  /** Where to continue an incomplete export. */
  readonly cursor: string | null;
  /** Why it ended early. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

export interface ExportFormat {
  readonly contentType: string;
  /** Text before the first row. */
  head(): string;
  rows(rows: readonly ExportRow[]): string;
  tail(summary: ExportSummary): string;
}

const COLUMNS = [
  'sid',
  'accountSid',
  'dateCreated',
  'dateSent',
  'dateUpdated',
  'direction',
  'channel',
  'from',
  'to',
  'status',
  'outcome',
  'errorCode',
  'errorTitle',
  'body',
  'numSegments',
  'numMedia',
  'price',
  'priceUnit',
  'messagingServiceSid',
] as const;

/** In place of a SID in the last line of a CSV. */
export const END_OF_EXPORT = '#end';

/** One JSON object on each line; the last has only the key `export`. */
export function ndjson(withCursors: boolean): ExportFormat {
  return {
    contentType: 'application/x-ndjson',
    head: () => '',
    rows: (rows) =>
      rows
        .map(({ cursor, ...row }) => `${JSON.stringify(withCursors ? { ...row, cursor } : row)}\n`)
        .join(''),
    tail: (summary) => `${JSON.stringify({ export: summary })}\n`,
  };
}

/**
 * RFC 4180. The last line has {@link END_OF_EXPORT} and the summary as JSON in its first two columns.
 *
 * @param bom whether it begins with a byte order mark, by which Excel knows UTF-8
 */
export function csv(withCursors: boolean, bom: boolean): ExportFormat {
  const columns = [...COLUMNS, ...(withCursors ? ['cursor'] : [])];
  const options = {
    columns,
    record_delimiter: '\r\n',
    // A line break of another kind needs quotes too, which the library adds for its own delimiter only.
    quoted_match: /[\r\n]/,
    cast: { string: safeCell },
  } as const;
  return {
    contentType: 'text/csv; charset=utf-8; header=present',
    head: () => (bom ? '\uFEFF' : '') + stringify([columns], { record_delimiter: '\r\n' }),
    rows: (rows) => stringify(rows as unknown as object[], options),
    tail: (summary) =>
      stringify([{ sid: END_OF_EXPORT, accountSid: JSON.stringify(summary) }], { ...options, cast: {} }),
  };
}

/**
 * Prevents a spreadsheet from running a text as a formula, by an apostrophe. A number, such as a phone number, stays as it is.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function safeCell(text: string): string {
  return /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+(?:\.\d+)?$/.test(text) ? `'${text}` : text;
}
