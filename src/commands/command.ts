/** A command's arguments, already known to fit it. */
export interface Arguments {
  /** What stands without an option's name. */
  readonly operand: string | undefined;
  flag(name: string): boolean;
  text(name: string): string | undefined;
  /** For an option or operand that the command requires. */
  required(name: string): string;
  all(name: string): readonly string[];
}

/** What a command is given of the process it runs in. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A terminal or a pipe; touched by a command that reads from it and by no other. */
  readonly stdin: Pick<NodeJS.ReadStream, 'isTTY' | 'setRawMode' | 'setEncoding' | 'on' | 'off' | 'pause'> &
    AsyncIterable<Buffer | string>;
  readonly stdout: Writer;
  readonly stderr: Writer;
}

export interface Writer {
  write(text: string): unknown;
}

export interface Option {
  /** What its value is called in the usage; without one the option takes no value. */
  readonly value?: string;
  readonly required?: boolean;
  /** May be given several times. */
  readonly multiple?: boolean;
  readonly about: string;
}

export interface Command {
  /** As it is typed, e.g. `credential add`. */
  readonly name: string;
  readonly summary: string;
  /** Stands below the usage, for what neither the summary nor an option says. */
  readonly details?: string;
  /** What stands without an option's name, e.g. `ID|NICKNAME`. */
  readonly operand?: { readonly name: string; readonly required: boolean };
  readonly options: Readonly<Record<string, Option>>;
  /** @returns null for a command that writes by itself */
  run(args: Arguments, io: Io): Promise<Output | null>;
}

export interface Output {
  /** On stdout with --json. */
  readonly json: unknown;
  /** On stdout without. */
  readonly text: string;
  /** On stderr without --json: what people should know, and what a pipe should not carry. */
  readonly note?: string;
}

/** For the commands that answer once and end. */
export const JSON_OPTION = {
  json: { about: 'Print one JSON value; errors are JSON on stderr.' },
} satisfies Record<string, Option>;
