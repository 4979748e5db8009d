import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Imported } from '../admin/history-import.ts';
import { command } from './command.ts';
import { CommandError } from './command-errors.ts';
import { table } from './output.ts';
import { CLI, withSession } from './session.ts';

export const historyImport = command({
  name: 'history import',
  summary: 'Add day files of Bulk Export (JSON lines, with gzip or without) to the copies of their accounts.',
  details:
    'For messages that are older than the 400 days of the API. The history of the account must be enabled. What the copy knows from the API stays, and a file can be imported twice.',
  examples: ['history import 2024-01-*.json.gz'],
  operand: { name: 'FILE…', required: true, multiple: true },
  options: {},
  run: ({ operands }, io) =>
    withSession(io, async ({ admin }) => {
      // All files are looked at first, so that a misspelt name changes nothing.
      for (const file of operands) await requireFile(file);
      const all: ({ file: string } & Imported)[] = [];
      for (const file of operands) {
        const name = basename(file);
        const onBatch = ({ read }: Imported) => {
          if (io.stderr.isTTY) io.stderr.write(`\r${name}: ${read.toLocaleString('en')} messages`);
        };
        const imported = await admin.importHistory(CLI, { name, chunks: createReadStream(file) }, onBatch);
        if (io.stderr.isTTY) io.stderr.write('\n');
        all.push({ file, ...imported });
      }
      return {
        json: all,
        text: table(
          ['FILE', 'MESSAGES', 'NEW', 'UPDATED'],
          all.map(({ file, read, inserted, updated }) => [
            file,
            String(read),
            String(inserted),
            String(updated),
          ]),
          '',
        ),
      };
    }),
});

async function requireFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found?.isFile()) return;
  throw new CommandError('FILE_NOT_FOUND', 'One of the files does not exist, or is not a file.', 'FILE');
}
