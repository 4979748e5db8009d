/** A command's validated arguments. */
export interface Arguments {
  /** The positional argument. */
  readonly operand: string | undefined;
  flag(name: string): boolean;
  text(name: string): string | undefined;
  /** For an option or operand that the command requires. */
  required(name: string): string;
  all(name: string): readonly string[];
}

/** The environment and streams of a command's process. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A terminal or a pipe. Only commands that read from it may touch it. */
  readonly stdin: Pick<NodeJS.ReadStream, 'isTTY' | 'setRawMode' | 'setEncoding' | 'on' | 'off' | 'pause'> &
    AsyncIterable<Buffer | string>;
  readonly stdout: Writer;
  readonly stderr: Writer;
}

export interface Writer {
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

export interface Command {
  /** E.g. `credential add`. */
  readonly name: string;
  readonly summary: string;
  /** Further text in the usage. */
  readonly details?: string;
  /** The positional argument, e.g. `ID|NICKNAME`. */
  readonly operand?: { readonly name: string; readonly required: boolean };
  readonly options: Readonly<Record<string, Option>>;
  /** @returns null for a command that writes its own output */
  run(args: Arguments, io: Io): Promise<Output | null>;
}

export interface Output {
  /** Written to stdout with --json. */
  readonly json: unknown;
  /** Written to stdout without --json. */
  readonly text: string;
  /** On stderr without --json: what people should know, and what a pipe should not carry. */
  readonly note?: string;
}

/** The option of commands that print a result and exit. */
export const JSON_OPTION = {
  json: { about: 'Print one JSON value; errors are JSON on stderr.' },
} satisfies Record<string, Option>;
