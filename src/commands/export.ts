import type { ExportSummary } from '../http/export-format.ts';
import { command, type Io, type Output } from './command.ts';
import { CommandError, usageError } from './command-errors.ts';
import { BEGINNING, findCheckpoint, removeCheckpoint, saveCheckpoint } from './export-checkpoint.ts';
import { type ExportFile, openExportFile } from './export-file.ts';
import { createProgress } from './export-progress.ts';
import { messages, type Received, receive } from './export-receive.ts';
import type { ExportFileFormat } from './export-records.ts';
import {
  gatewayUrlOf,
  isUnencrypted,
  periodOf,
  plainText,
  requestExport,
  SELECTION,
  selectionOf,
} from './export-request.ts';
import { readSecret } from './secret-input.ts';

export const exportMessages = command({
  name: 'export',
  summary: 'Write messages to a .csv or .ndjson file, from a running gateway.',
  details: `The key is read from the variable GATEWAY_KEY, or with --key-stdin; an open gateway needs none. The last line of the file
says whether it is complete. After an interruption, the same command with --resume continues the file; until then, FILE.resume
has the position.`,
  examples: [
    'export failed.csv --status FAILED --since 2027-01-01',
    'export all.ndjson --url https://gateway.example --all-accounts --resume',
    'export thread.csv --participant +14155550125 --key-stdin < key.txt',
  ],
  operand: { name: 'FILE', required: true },
  options: {
    url: { value: 'URL', about: 'The gateway. Default: GATEWAY_URL, or http://localhost:4000.' },
    'key-stdin': { about: 'Read the API key from stdin, or from a prompt at a terminal.' },
    credential: { value: 'NICKNAME', about: "The credential to read with. Default: the caller's first." },
    ...SELECTION,
    resume: { about: 'Continue FILE, if it exists.' },
    overwrite: { about: 'Replace FILE, if it exists.' },
  },
  async run({ operand: path, resume, overwrite, ...args }, io) {
    const format = formatOf(path);
    if (resume && overwrite) throw usageError('Give either --resume or --overwrite.', '--resume');
    const period = periodOf(args);
    const selection = selectionOf(args);
    const base = gatewayUrlOf(args.url, io.env);
    const headers = await headersOf(args, io);
    if (headers.authorization && isUnencrypted(base)) {
      io.stderr.write(
        'The key is sent without encryption. Use https where the gateway is on another machine.\n',
      );
    }
    const found = resume ? await findCheckpoint(path, format) : BEGINNING;
    if (!('version' in found)) return endedBefore(path, found);
    const controller = new AbortController();
    const request = (after: string | null) => {
      const url = new URL(`export/messages.${format}`, base);
      const parameters = { ...selection, ...(after === null ? {} : { after }), cursors: 'true' };
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return requestExport(url, headers, controller.signal);
    };
    try {
      // Before the file is touched: most mistakes are in the request.
      const body = await request(found.cursor);
      const flags = found.size > 0 ? 'r+' : resume || overwrite ? 'w' : 'wx';
      await using file = await openExportFile(path, format, flags, found.size);
      await saveCheckpoint(path, found);
      using progress = await createProgress(io, period, new Date());
      const received = await receive(body, request, found, { path, file, format, progress });
      return await finish(path, received, found.count, file);
    } finally {
      // Of a response that was not read to its end.
      controller.abort();
    }
  },
});

/** Writes the last line, and says what the file has. @throws {CommandError} when it is not complete */
async function finish(
  path: string,
  { checkpoint, summary: { cursor, error } }: Received,
  countBefore: number,
  file: ExportFile,
): Promise<Output> {
  const { count, newest, oldest, historyTruncated, unavailable } = checkpoint;
  const complete = cursor === null && error === null && !historyTruncated && unavailable.length === 0;
  const whole = { complete, count, newest, oldest, historyTruncated, unavailable, cursor, error };
  await file.finish(whole);
  if (error) {
    throw new CommandError(
      plainText(error.code),
      `${plainText(error.message)} The file has ${messages(count)}; run the same command with --resume to continue.`,
    );
  }
  await removeCheckpoint(path);
  if (unavailable.length > 0) {
    const sids = unavailable.map((one) => plainText((one as { accountSid: string }).accountSid)).join(', ');
    throw new CommandError(
      'EXPORT_INCOMPLETE',
      `The file has ${messages(count)}, but none of the accounts that could not be read: ${sids}. Its last line says why.`,
    );
  }
  const added = countBefore > 0 ? `, ${(count - countBefore).toLocaleString('en')} of them now` : '';
  return {
    json: { file: path, ...whole },
    text: `Exported ${messages(count)}${added}.`,
    note: historyTruncated ? 'The period begins before the oldest message that Twilio stores.' : undefined,
  };
}

function endedBefore(path: string, summary: ExportSummary): Output {
  return {
    json: { file: path, ...summary },
    text: `The file has been exported already: ${messages(summary.count)}.`,
  };
}

/** @throws {CommandError} USAGE, without the name, which may be a misplaced key */
function formatOf(path: string): ExportFileFormat {
  const [, ending] = /\.(csv|ndjson)$/.exec(path) ?? [];
  if (ending) return ending as ExportFileFormat;
  throw usageError('FILE must end in .csv or .ndjson, which chooses the format.', 'FILE');
}

/** What a header may contain; fetch repeats an invalid value in its error. */
const KEY = /^[\x21-\x7e]{1,16384}$/;
const NICKNAME = /^[\x20-\x7e\xa0-\xff]{1,256}$/;

async function headersOf(
  { 'key-stdin': fromStdin, credential }: { 'key-stdin': boolean; credential: string | undefined },
  io: Io,
): Promise<Record<string, string>> {
  const key = fromStdin ? await readSecret(io, 'API key') : io.env.GATEWAY_KEY || undefined;
  if (key !== undefined && !KEY.test(key)) {
    throw usageError(
      'The API key has characters that no key has, such as a space.',
      fromStdin ? '--key-stdin' : 'GATEWAY_KEY',
    );
  }
  if (credential !== undefined && !NICKNAME.test(credential)) {
    throw usageError('--credential takes the nickname of a credential.', '--credential');
  }
  return {
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...(credential === undefined ? {} : { 'x-twilio-credential': credential }),
  };
}
