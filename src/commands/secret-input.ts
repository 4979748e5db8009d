import type { Io } from './command.ts';
import { InterruptedError, UsageError } from './command-errors.ts';

/** A secret has 256 characters at most; whatever is much longer is another file. */
const MAX_PIPED = 64 * 1024;

const ENTER = /[\r\n]/;
const CTRL_C = '\x03';
const CTRL_D = '\x04';
const CTRL_U = '\x15';
const BACKSPACE = ['\x7f', '\b'];
/** Arrow keys and the like; terminals send them as sequences that are not part of a secret. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is how a sequence begins
const ESCAPE_SEQUENCE = /\x1b(?:\[[0-9;]*[ -/]*[@-~]|O.)/g;

/**
 * Reads a secret: from a pipe all there is, from a terminal one line that it does not show.
 *
 * @throws {UsageError} when nothing comes {InterruptedError} on Ctrl-C
 */
export async function readSecret(io: Io, what: string): Promise<string> {
  const secret = (io.stdin.isTTY ? await promptHidden(io, `${what}: `) : await readAll(io)).trim();
  if (secret !== '') return secret;
  throw new UsageError(
    `No ${what.toLowerCase()} came from stdin. Pipe it in, e.g. < secret.txt, or run this on a terminal and type it when asked.`,
  );
}

/** Asks a question that only "y" or "yes" agrees to; the prompt is on stderr, for stdout may be piped. */
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
      // The first of these decides; whatever comes after it is nobody's answer.
      if (key === CTRL_C) reject(new InterruptedError());
      else if (ENTER.test(key) || key === CTRL_D) end();
      else if (key === CTRL_U) typed = [];
      else if (BACKSPACE.includes(key)) typed.pop();
      else if (key >= ' ') typed.push(key);
    }
  }

  // Before the prompt: what is typed as soon as it shows must not be echoed.
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
