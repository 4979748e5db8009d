import { parseArgs } from 'node:util';
import type { Arguments, Command } from './command.ts';
import { UsageError } from './command-errors.ts';

/** Secrets are often base64url, so that one can begin with a hyphen: only what looks like a name is repeated. */
const OPTION_NAME = /^[a-z]+(?:-[a-z]+){0,3}$/;
const SECRET_NAME = /secret|password|passwd|token/i;

/**
 * Reads the arguments behind a command's name. What is wrong is said without repeating a value: it may be a
 * secret in the wrong place.
 *
 * @throws {UsageError}
 */
export function parseArguments(command: Command, args: readonly string[]): Arguments {
  const options = Object.fromEntries([
    ['help', { type: 'boolean' as const, short: 'h' }],
    ...Object.entries(command.options).map(([name, { value, multiple = false }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), multiple },
    ]),
  ]);
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'option' && !Object.hasOwn(options, token.name)) refuse(command, token.name);
  }
  const { values, positionals } = parseStrictly({ args: [...args], options, allowPositionals: true });
  const [operand] = positionals;
  const strings = (name: string) =>
    [values[name] ?? []].flat().filter((value): value is string => typeof value === 'string');
  const parsed: Arguments = {
    operand,
    flag: (name) => values[name] === true,
    text: (name) => strings(name)[0],
    required(name) {
      const value = name === command.operand?.name ? operand : strings(name)[0];
      if (value !== undefined) return value;
      const argument = name in command.options ? `--${name}` : name;
      throw new UsageError(`${command.name} needs ${argument}.`, argument);
    },
    all: strings,
  };
  if (!parsed.flag('help')) checkPresence(command, parsed, positionals.length);
  return parsed;
}

function refuse(command: Command, name: string): never {
  const shown = OPTION_NAME.test(name) ? `${name.length === 1 ? '-' : '--'}${name}` : null;
  if (shown && SECRET_NAME.test(name)) {
    throw new UsageError(
      `${shown} is not taken: the arguments of a program can be read by everyone on this machine, and the shell keeps them in its history. Leave it out: the client secret is asked for, or read from stdin where it is piped in, e.g. < secret.txt. If a real secret stood here, rotate it.`,
      shown,
    );
  }
  throw new UsageError(
    shown ? `${command.name} has no option ${shown}.` : `${command.name} has no such option.`,
    shown,
  );
}

function checkPresence({ name, options, operand }: Command, args: Arguments, operands: number): void {
  const most = operand ? 1 : 0;
  if (operands > most) {
    throw new UsageError(
      `${name} takes ${operand ? `one ${operand.name}` : 'options only'}, and there ${operands === 1 ? 'is 1 argument' : `are ${operands} arguments`} without an option's name. Put quotes around a value with blanks.`,
    );
  }
  if (operand?.required) args.required(operand.name);
  for (const [option, { required }] of Object.entries(options)) if (required) args.required(option);
}

function parseStrictly(config: NonNullable<Parameters<typeof parseArgs>[0]>): {
  values: Readonly<Record<string, unknown>>;
  positionals: readonly string[];
} {
  try {
    return parseArgs({ ...config, strict: true });
  } catch (error) {
    // Its messages about values name the option and what it lacks, never the value.
    if (
      error instanceof TypeError &&
      'code' in error &&
      error.code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE'
    ) {
      throw new UsageError(`${error.message.split('\n')[0]?.replace(/\.$/, '')}.`);
    }
    throw error;
  }
}
