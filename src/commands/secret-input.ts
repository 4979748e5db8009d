import type { Io } from './command.ts';
import { CommandError, usageError } from './command-errors.ts';

/** A secret has at most 256 characters; a much longer input is the wrong file. */
const MAX_PIPED = 64 * 1024;

const INTERRUPTED = 'Interrupted; nothing was changed.';

const ENTER = /[\r\n]/;
const CTRL_C = '\x03';
const CTRL_D = '\x04';
const CTRL_U = '\x15';
const BACKSPACE = ['\x7f', '\b'];
/** Escape sequences, such as arrow keys, which are not part of a secret. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const ESCAPE_SEQUENCE = /\x1b(?:\[[0-9;]*[ -/]*[@-~]|O.)/g;

/**
 * Reads a secret: everything from a pipe, or one line from a terminal without echo.
 *
 * @throws {CommandError} USAGE when it is empty, INTERRUPTED on Ctrl-C
 */
export async function readSecret(io: Io, what: string): Promise<string> {
  const secret = (io.stdin.isTTY ? await promptHidden(io, `${what}: `) : await readAll(io)).trim();
  if (secret !== '') return secret;
  throw usageError(
    `Stdin has no ${what.toLowerCase()}. Pipe it in, e.g. < secret.txt, or run this in a terminal and type it at the prompt.`,
  );
}

/** Asks for confirmation, which only "y" or "yes" gives. Prompts on stderr, because stdout may be piped. */
export async function confirm(io: Io, question: string): Promise<boolean> {
  io.stderr.write(`${question} [y/N] `);
  for await (const chunk of io.stdin) return /^y(?:es)?$/i.test(String(chunk).trim());
  return false;
}

async function readAll({ stdin }: Io): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    size += bytes.length;
    if (size > MAX_PIPED) break;
  }
  return Buffer.concat(chunks).toString();
}

function promptHidden({ stdin, stderr }: Io, prompt: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let typed: string[] = [];

  const end = () => resolve(typed.join(''));
  function take(chunk: string): void {
    for (const key of chunk.replace(ESCAPE_SEQUENCE, '')) {
      // The first of these keys settles the promise; later ones have no effect.
      if (key === CTRL_C) reject(new CommandError('INTERRUPTED', INTERRUPTED, null, 130));
      else if (ENTER.test(key) || key === CTRL_D) end();
      else if (key === CTRL_U) typed = [];
      else if (BACKSPACE.includes(key)) typed.pop();
      else if (key >= ' ') typed.push(key);
    }
  }

  // Before the prompt, so that early typing is not echoed.
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  stdin.on('data', take);
  stdin.on('end', end);
  stderr.write(prompt);
  return promise.finally(() => {
    stdin.off('data', take);
    stdin.off('end', end);
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  });
}
