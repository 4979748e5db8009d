import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { Command } from './command.ts';
import { usageError } from './command-errors.ts';

/** Messages repeat only text that looks like an option's name: a secret in base64url can begin with a hyphen. */
const OPTION_NAME = /^[a-z]+(?:-[a-z]+){0,3}$/;
const SECRET_NAME = /secret|password|passwd|token/i;
const KEY_NAME = /^(?:api-)?key$/;

/**
 * Parses the arguments of a command. Error messages never contain a value, which may be a misplaced secret.
 *
 * @returns null for --help
 * @throws {CommandError} USAGE
 */
export function parseArguments(
  { name, options, operand }: Command,
  args: string[],
): Parameters<Command['run']>[0] | null {
  const config: ParseArgsConfig['options'] = { help: { type: 'boolean', short: 'h' } };
  for (const [option, { value, multiple = false }] of Object.entries(options)) {
    if (value === undefined) config[option] = { type: 'boolean', default: false };
    else config[option] = { type: 'string', multiple, ...(multiple ? { default: [] } : {}) };
  }
  const { tokens } = parseArgs({ args, options: config, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'option' && !Object.hasOwn(config, token.name)) rejectOption(name, token.name);
  }
  const { values, positionals } = parseStrictly({ args, options: config, allowPositionals: true });
  if (values.help) return null;
  const count = positionals.length;
  if (count > (operand ? 1 : 0) && !operand?.multiple) {
    throw usageError(
      `${name} takes ${operand ? `one ${operand.name}` : 'options only'}, but got ${count === 1 ? '1 argument' : `${count} arguments`} without an option. Put quotes around a value with spaces.`,
    );
  }
  if (operand?.required && count === 0) throw usageError(`${name} needs ${operand.name}.`, operand.name);
  for (const [option, { required }] of Object.entries(options)) {
    if (required && values[option] === undefined)
      throw usageError(`${name} needs --${option}.`, `--${option}`);
  }
  return { ...values, operand: positionals[0], operands: positionals } as unknown as Parameters<
    Command['run']
  >[0];
}

function rejectOption(command: string, name: string): never {
  const shown = OPTION_NAME.test(name) ? `${name.length === 1 ? '-' : '--'}${name}` : null;
  if (shown && SECRET_NAME.test(name)) {
    throw usageError(
      `${shown} is not supported: everyone on this machine can read a program's arguments, and the shell keeps them in its history. Omit it: the command prompts for the client secret, or reads it from stdin, e.g. < secret.txt. If you passed a real secret, rotate it.`,
      shown,
    );
  }
  if (command === 'export' && KEY_NAME.test(name)) {
    throw usageError(
      `${shown} is not supported: everyone on this machine can read a program's arguments, and the shell keeps them in its history. Put the key into the variable GATEWAY_KEY, or pipe it in with --key-stdin. If you passed a real key, revoke it.`,
      shown,
    );
  }
  throw usageError(`${command} has no ${shown ? `option ${shown}` : 'such option'}.`, shown);
}

function parseStrictly(config: ParseArgsConfig) {
  try {
    return parseArgs(config);
  } catch (error) {
    // These messages name the option and the problem, never the value.
    if (
      error instanceof TypeError &&
      'code' in error &&
      error.code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE'
    ) {
      throw usageError(`${error.message.split('\n')[0]?.replace(/\.$/, '')}.`);
    }
    throw error;
  }
}
