import { END_OF_EXPORT, type ExportSummary } from '../http/export-format.ts';

export type ExportFileFormat = 'csv' | 'ndjson';

const [LINE_FEED, CARRIAGE_RETURN, QUOTE] = [0x0a, 0x0d, 0x22];

/** Splits the bytes of an export into its records: lines of NDJSON, or records of CSV, which may contain line breaks. */
export class RecordSplitter {
  readonly #isCsv: boolean;
  #pending: Buffer = Buffer.alloc(0);
  #scanned = 0;
  #isQuoted = false;

  constructor(format: ExportFileFormat) {
    this.#isCsv = format === 'csv';
  }

  /** Returns the records that are complete now, with their line breaks. */
  push(chunk: Uint8Array): Buffer[] {
    const bytes = Buffer.concat([this.#pending, chunk]);
    const records: Buffer[] = [];
    let start = 0;
    for (let index = this.#scanned; index < bytes.length; index += 1) {
      const byte = bytes[index];
      // A quote inside a quoted cell is doubled, so that it does not change whether the line break behind it counts.
      if (this.#isCsv && byte === QUOTE) this.#isQuoted = !this.#isQuoted;
      if (byte !== LINE_FEED || this.#isQuoted) continue;
      if (this.#isCsv && bytes[index - 1] !== CARRIAGE_RETURN) continue;
      records.push(bytes.subarray(start, index + 1));
      start = index + 1;
    }
    this.#pending = bytes.subarray(start);
    this.#scanned = this.#pending.length;
    return records;
  }
}

/** Whether a record is the header line of a CSV. */
export function isHead(record: Buffer, format: ExportFileFormat): boolean {
  return format === 'csv' && begins(record, 'sid,accountSid,');
}

/** Returns the summary in the last record; undefined for any other record. */
export function summaryIn(record: Buffer, format: ExportFileFormat): ExportSummary | undefined {
  if (format === 'ndjson') {
    if (!begins(record, '{"export":')) return undefined;
    return (parseJson(record.toString()) as { export: ExportSummary } | undefined)?.export;
  }
  if (!begins(record, `${END_OF_EXPORT},`)) return undefined;
  const [, quoted] = /^[^,]+,"((?:[^"]|"")*)"/.exec(record.toString()) ?? [];
  return parseJson(quoted?.replaceAll('""', '"') ?? '') as ExportSummary | undefined;
}

/** A row without its cursor, which is its last column. */
export interface SplitRow {
  readonly bytes: Buffer;
  readonly cursor: string;
}

/** Takes the cursor from a row, or from the header line. */
export function splitRow(record: Buffer, format: ExportFileFormat): SplitRow {
  const [separator, end] = format === 'csv' ? [',', '\r\n'] : [',"cursor":"', '"}\n'];
  const at = record.lastIndexOf(separator);
  const cursor = record.toString('utf8', at + separator.length, record.length - end.length);
  return { bytes: Buffer.concat([record.subarray(0, at), Buffer.from(end.replace('"', ''))]), cursor };
}

/** Reads when the message of a row was created: its third column. */
export function dateIn(record: Buffer, format: ExportFileFormat): string | null {
  const text = record.toString();
  if (format === 'csv') return text.split(',', 3)[2] || null;
  return (parseJson(text) as { dateCreated?: string | null } | undefined)?.dateCreated ?? null;
}

function begins(record: Buffer, text: string): boolean {
  return record.toString('latin1', 0, text.length) === text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
