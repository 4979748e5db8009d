import { parseArguments } from './arguments.ts';
import type { Command, Io } from './command.ts';
import { describeFailure, UsageError } from './command-errors.ts';
import { overviewOf, usageOf } from './usage.ts';

/** The commands of each noun, imported lazily so that `start` does not load the others. */
const NOUNS: Readonly<Record<string, () => Promise<readonly Command[]>>> = {
  start: async () => [(await import('./start.ts')).start],
  sandbox: async () => [(await import('./sandbox.ts')).sandbox],
  schema: async () => [(await import('./schema.ts')).schema],
  credential: async () => (await import('./credential.ts')).credentialCommands,
  'api-key': async () => (await import('./api-key.ts')).apiKeyCommands,
  keys: async () => (await import('./keys.ts')).keysCommands,
};

/** Messages repeat only text like this; anything else may be a misplaced secret. */
const WORDS = /^[a-z-]{1,20}(?: [a-z-]{1,20})?$/;

/**
 * Runs the command that the arguments name.
 *
 * @returns the exit code: 0 success, 1 failure, 2 usage error, 130 interrupted
 */
export async function runCommandLine(argv: readonly string[], io: Io): Promise<number> {
  const [first, ...rest] = argv;
  if (first === 'help' || first === '--help' || first === '-h') return help(rest, io);
  const { command, args, known } = await find(argv);
  if (command) return run(command, args, io);
  if (known.length > 0 && (args[0] === '--help' || args[0] === '-h')) return help([first ?? ''], io);
  return unknown(argv, known, io);
}

async function run(command: Command, argv: readonly string[], io: Io): Promise<number> {
  const asJson = argv.includes('--json');
  try {
    const args = parseArguments(command, argv);
    if (args.flag('help')) {
      io.stdout.write(usageOf(command));
      return 0;
    }
    const output = await command.run(args, io);
    if (output && asJson) io.stdout.write(`${JSON.stringify(output.json, null, 2)}\n`);
    else if (output) {
      io.stdout.write(`${output.text}\n`);
      if (output.note) io.stderr.write(`${output.note}\n`);
    }
    return 0;
  } catch (thrown) {
    const { exitCode, ...failure } = describeFailure(thrown);
    const usage = thrown instanceof UsageError ? `\n${usageOf(command)}` : '';
    io.stderr.write(asJson ? asError(failure) : `${textOf(failure)}\n${usage}`);
    return exitCode;
  }
}

/** Prefixes the message with its option, unless it names the option itself. */
function textOf({ message, argument }: { message: string; argument: string | null }): string {
  return argument?.startsWith('--') && !message.includes(argument) ? `${argument}: ${message}` : message;
}

function asError({ code, message, argument }: { code: string; message: string; argument: string | null }) {
  return `${JSON.stringify({ error: { code, message, argument } })}\n`;
}

/** Finds the command at the start of `argv`, its arguments, and all commands of its noun. */
async function find(argv: readonly string[]) {
  const [noun = '', verb] = argv;
  const known = Object.hasOwn(NOUNS, noun) ? await (NOUNS[noun]?.() ?? []) : [];
  const words = known.some(({ name }) => name === noun) ? 1 : 2;
  const wanted = words === 1 ? noun : `${noun} ${verb}`;
  const command = known.find(({ name }) => name === wanted);
  return { command, args: argv.slice(command ? words : 1), known };
}

async function help(words: readonly string[], io: Io): Promise<number> {
  const { command, known } = await find(words);
  if (command) io.stdout.write(usageOf(command));
  else if (words.length === 0) io.stdout.write(await overview());
  else if (words.length === 1 && known.length > 0) io.stdout.write(overviewOf(known));
  else return unknown(words, known, io);
  return 0;
}

async function unknown(argv: readonly string[], known: readonly Command[], io: Io): Promise<number> {
  const [noun, verb] = argv;
  const nameless = noun === undefined || (known.length > 0 && (verb === undefined || verb.startsWith('-')));
  const wanted = known.length > 0 ? `${noun} ${verb}` : noun;
  const message = nameless
    ? 'A command is missing.'
    : WORDS.test(wanted ?? '')
      ? `There is no command "${wanted}".`
      : 'There is no such command.';
  const failure = { code: 'USAGE', message, argument: null };
  const list = known.length > 0 ? overviewOf(known) : await overview();
  io.stderr.write(argv.includes('--json') ? asError(failure) : `${message}\n\n${list}`);
  return 2;
}

async function overview(): Promise<string> {
  const commands = await Promise.all(Object.values(NOUNS).map((load) => load()));
  return overviewOf(commands.flat());
}
