import { columns } from './output.ts';

/** The environment and streams of a command's process. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A terminal or a pipe. Only commands that read from it may touch it. */
  readonly stdin: Pick<NodeJS.ReadStream, 'isTTY' | 'setRawMode' | 'setEncoding' | 'on' | 'off' | 'pause'> &
    AsyncIterable<Buffer | string>;
  readonly stdout: Writer;
  readonly stderr: Writer & { readonly isTTY?: boolean | undefined };
}

interface Writer {
  write(text: string): unknown;
}

export interface Option {
  /** Name of its value in the usage; absent for a flag. */
  readonly value?: string;
  readonly required?: boolean;
  /** Whether it can be repeated. */
  readonly multiple?: boolean;
  readonly about: string;
}

export type Options = Readonly<Record<string, Option>>;

/** The positional argument, e.g. `ID|NICKNAME`. */
export interface Operand {
  readonly name: string;
  readonly required: boolean;
  /** Whether there can be several. */
  readonly multiple?: boolean;
}

/** The validated arguments, by the names of the options. */
export type Arguments<O extends Options, P extends Operand> = {
  readonly [K in keyof O]: O[K] extends { multiple: true }
    ? readonly string[]
    : O[K] extends { value: string }
      ? string | (O[K] extends { required: true } ? never : undefined)
      : boolean;
} & {
  readonly operand: string | (P extends { required: true } ? never : undefined);
  /** All of them. */
  readonly operands: readonly string[];
};

export interface Command<O extends Options = Options, P extends Operand = Operand> {
  /** E.g. `credential add`. */
  readonly name: string;
  readonly summary: string;
  /** Further text in the usage. */
  readonly details?: string;
  /** Examples in the usage, without the program's name. */
  readonly examples?: readonly string[];
  readonly operand?: P;
  readonly options: O;
  /** @returns null for a command that writes its own output */
  run(args: Arguments<O, P>, io: Io): Promise<Output | null>;
}

export interface Output {
  /** Written to stdout with --json. */
  readonly json: unknown;
  /** Written to stdout without --json. */
  readonly text: string;
  /** On stderr without --json: what people should know, and what a pipe should not carry. */
  readonly note?: string | undefined;
}

/** Declares a command that prints a result and exits. It has the option --json. */
export function command<const O extends Options, const P extends Operand>(spec: Command<O, P>): Command {
  const json = { about: 'Print one JSON value; errors are JSON on stderr.' };
  // The parser ensures what the types of `args` say.
  return { ...(spec as unknown as Command), options: { ...spec.options, json } };
}

const PROGRAM = 'npm run cli --';
/** Without npm's header on stdout, which a file would contain. */
const QUIET_PROGRAM = 'npm run -s cli --';

/** Formats the usage of one command. */
export function usageOf({ name, summary, details, examples = [], operand, options }: Command): string {
  const withValue = ([option, { value }]: [string, Option]) =>
    value === undefined ? `--${option}` : `--${option} ${value}`;
  const entries = Object.entries(options);
  const words = entries.map((entry) => {
    const [, { required, multiple }] = entry;
    return `${required ? withValue(entry) : `[${withValue(entry)}]`}${multiple ? '…' : ''}`;
  });
  if (operand) words.unshift(operand.required ? operand.name : `[${operand.name}]`);
  const lines = entries.map((entry) => [`  ${withValue(entry)}`, entry[1].about]);
  return `Usage: ${[PROGRAM, name, ...words].join(' ')}

${summary}
${details ? `${details}\n` : ''}
${columns([...lines, ['  --help', 'Print this help.']])}
${examples.length > 0 ? `\nExamples:\n${examples.map((one) => `  ${one.includes(' > ') ? QUIET_PROGRAM : PROGRAM} ${one}\n`).join('')}` : ''}`;
}

/** Lists commands, one per line. */
export function overviewOf(commands: readonly Command[]): string {
  const lines = commands.map(({ name, summary }) => [`  ${name}`, summary]);
  return `Usage: ${PROGRAM} COMMAND [OPTIONS]

${columns([...lines, ['  help [COMMAND]', 'Print this help, or the usage of a command (same as COMMAND --help).'], ['  --version', 'Print the version.']])}

Settings are environment variables or lines of .env, the same as for npm start.
`;
}
