import { readVersion } from '../version.ts';
import { parseArguments } from './arguments.ts';
import { type Command, type Io, overviewOf, usageOf } from './command.ts';
import { describeFailure, type Failure } from './command-errors.ts';

/** The commands of each noun, imported lazily so that `start` does not load the others. */
const NOUNS: Readonly<Record<string, () => Promise<readonly Command[]>>> = {
  start: async () => [(await import('./start.ts')).start],
  sandbox: async () => [(await import('./start.ts')).sandbox],
  schema: async () => [(await import('./start.ts')).schema],
  credential: async () => (await import('./credential.ts')).credentialCommands,
  'api-key': async () => (await import('./api-key.ts')).apiKeyCommands,
  export: async () => [(await import('./export.ts')).exportMessages],
  history: async () => (await import('./history.ts')).historyCommands,
  audit: async () => [(await import('./audit.ts')).auditList],
  documents: async () => (await import('./documents.ts')).documentCommands,
  keys: async () => [(await import('./keys.ts')).keysRotate],
};

const HELP = ['--help', '-h'];

/** Messages repeat only text like this; anything else may be a misplaced secret. */
const WORDS = /^[a-z-]{1,20}(?: [a-z-]{1,20})?$/;

/**
 * Runs the command that the arguments name.
 *
 * @returns the exit code: 0 success, 1 failure, 2 usage error, 130 interrupted
 */
export async function runCommandLine(argv: readonly string[], io: Io): Promise<number> {
  if (argv[0] === '--version' || argv[0] === '-v') {
    io.stdout.write(`${readVersion()}\n`);
    return 0;
  }
  const isHelp = argv[0] === 'help' || HELP.includes(argv[0] ?? '');
  const words = isHelp ? argv.slice(1) : argv;
  const { command, args, known } = await find(words);
  if (command && !isHelp) return run(command, args, io);
  const isOverview = isHelp && words.length === 0;
  const isHelpOfNoun = known.length > 0 && (args.length === 0 ? isHelp : HELP.includes(args[0] ?? ''));
  if (!command && !isOverview && !isHelpOfNoun) return unknown(words, known, io);
  io.stdout.write(command ? usageOf(command) : await overview(known));
  return 0;
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

async function run(command: Command, argv: string[], io: Io): Promise<number> {
  const asJson = argv.includes('--json');
  try {
    const args = parseArguments(command, argv);
    if (!args) {
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
    const failure = describeFailure(thrown);
    const usage = failure.code === 'USAGE' ? `\n${usageOf(command)}` : '';
    io.stderr.write(asJson ? jsonOf(failure) : `${textOf(failure)}\n${usage}`);
    return failure.exitCode;
  }
}

async function unknown(argv: readonly string[], known: readonly Command[], io: Io): Promise<number> {
  const [noun, verb] = argv;
  const isMissing = noun === undefined || (known.length > 0 && (verb === undefined || verb.startsWith('-')));
  const wanted = known.length > 0 ? `${noun} ${verb}` : (noun ?? '');
  const named = WORDS.test(wanted) ? `There is no command "${wanted}".` : 'There is no such command.';
  const message = isMissing ? 'A command is missing.' : named;
  const asJson = argv.includes('--json');
  io.stderr.write(
    asJson ? jsonOf({ code: 'USAGE', message, argument: null }) : `${message}\n\n${await overview(known)}`,
  );
  return 2;
}

/** Lists these commands, or all if there are none. */
async function overview(known: readonly Command[]): Promise<string> {
  if (known.length > 0) return overviewOf(known);
  const commands = await Promise.all(Object.values(NOUNS).map((load) => load()));
  return overviewOf(commands.flat());
}

/** Prefixes the message with its option, unless it names the option itself. */
function textOf({ message, argument }: Failure): string {
  return argument?.startsWith('--') && !message.includes(argument) ? `${argument}: ${message}` : message;
}

function jsonOf({ code, message, argument }: Omit<Failure, 'exitCode'>): string {
  return `${JSON.stringify({ error: { code, message, argument } })}\n`;
}
