import { parseArgs } from 'node:util';
import type { Arguments, Command } from './command.ts';
import { UsageError } from './command-errors.ts';

/** Messages repeat only text that looks like an option's name: a secret in base64url can begin with a hyphen. */
const OPTION_NAME = /^[a-z]+(?:-[a-z]+){0,3}$/;
const SECRET_NAME = /secret|password|passwd|token/i;

/**
 * Parses the arguments of a command. Error messages never contain a value, which may be a misplaced secret.
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
    if (token.kind === 'option' && !Object.hasOwn(options, token.name)) rejectOption(command, token.name);
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

function rejectOption(command: Command, name: string): never {
  const shown = OPTION_NAME.test(name) ? `${name.length === 1 ? '-' : '--'}${name}` : null;
  if (shown && SECRET_NAME.test(name)) {
    throw new UsageError(
      `${shown} is not supported: everyone on this machine can read a program's arguments, and the shell keeps them in its history. Omit it: the command prompts for the client secret, or reads it from stdin, e.g. < secret.txt. If you passed a real secret, rotate it.`,
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
      `${name} takes ${operand ? `one ${operand.name}` : 'options only'}, but got ${operands === 1 ? '1 argument' : `${operands} arguments`} without an option. Put quotes around a value with spaces.`,
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
    // These messages name the option and the problem, never the value.
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
