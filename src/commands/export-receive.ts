import type { ExportSummary } from '../http/export-format.ts';
import { CommandError } from './command-errors.ts';
import { type Checkpoint, saveCheckpoint } from './export-checkpoint.ts';
import type { ExportFile } from './export-file.ts';
import type { Progress } from './export-progress.ts';
import {
  dateIn,
  type ExportFileFormat,
  isHead,
  RecordSplitter,
  splitRow,
  summaryIn,
} from './export-records.ts';
import type { ExportBody } from './export-request.ts';

interface Target {
  readonly path: string;
  readonly file: ExportFile;
  readonly format: ExportFileFormat;
  readonly progress: Progress;
}

export interface Received {
  readonly checkpoint: Checkpoint;
  /** Of the last response. */
  readonly summary: ExportSummary;
}

/** Writes the responses to the file until the export ends; one that reached the gateway's limit is continued. */
export async function receive(
  first: ExportBody,
  request: (after: string) => Promise<ExportBody>,
  begin: Checkpoint,
  target: Target,
): Promise<Received> {
  let checkpoint = begin;
  target.progress.show(checkpoint);
  for (let body = first; ; ) {
    const { count } = checkpoint;
    let summary: ExportSummary | undefined;
    const splitter = new RecordSplitter(target.format);
    for await (const chunk of chunksOf(body, () => interrupted(checkpoint))) {
      const part = take(checkpoint, splitter.push(chunk), target.format);
      await target.file.write(part.bytes);
      await saveCheckpoint(target.path, part.checkpoint);
      ({ checkpoint, summary } = part);
      target.progress.show(checkpoint);
    }
    if (!summary) throw interrupted(checkpoint);
    const isLimit = summary.error?.code === 'EXPORT_LIMIT' && checkpoint.count > count;
    if (!isLimit || summary.cursor === null) return { checkpoint, summary };
    body = await request(summary.cursor);
  }
}

/** Yields the chunks of a response. @param failure the error in place of one of the connection */
async function* chunksOf(body: ExportBody, failure: () => Error): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch {
    throw failure();
  }
}

/** Returns the bytes of some records without their cursors, and the checkpoint behind them. */
function take(known: Checkpoint, records: readonly Buffer[], format: ExportFileFormat) {
  const rows: Buffer[] = [];
  let { count, newest, oldest, cursor, historyTruncated, unavailable } = known;
  let summary: ExportSummary | undefined;
  let last: Buffer | undefined;
  for (const record of records) {
    summary = summaryIn(record, format);
    if (summary) break;
    const row = splitRow(record, format);
    rows.push(row.bytes);
    if (isHead(record, format)) continue;
    count += 1;
    cursor = row.cursor;
    newest ??= dateIn(record, format);
    last = record;
  }
  if (last) oldest = dateIn(last, format);
  if (summary) {
    // Behind the last row, pages without a matching message may have been read already.
    cursor = summary.cursor ?? cursor;
    historyTruncated ||= summary.historyTruncated;
    if (summary.unavailable.length > 0) unavailable = summary.unavailable;
  }
  const bytes = Buffer.concat(rows);
  const size = known.size + bytes.length;
  const version = 1 as const;
  return {
    bytes,
    summary,
    checkpoint: { version, size, count, newest, oldest, cursor, historyTruncated, unavailable },
  };
}

function interrupted({ count }: Checkpoint): CommandError {
  return new CommandError(
    'EXPORT_INTERRUPTED',
    `The connection to the gateway ended before the export did. The file has ${messages(count)}; run the same command with --resume to continue.`,
  );
}

export const messages = (count: number) =>
  `${count.toLocaleString('en')} ${count === 1 ? 'message' : 'messages'}`;
