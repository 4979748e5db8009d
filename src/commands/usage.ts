import type { Command, Option } from './command.ts';
import { columns } from './output.ts';

const PROGRAM = 'twilio-graphql-gateway';

/** The usage of one command, made of what the command says of itself. */
export function usageOf({ name, summary, details, operand, options }: Command): string {
  const words = Object.entries(options).map(([option, spec]) => {
    const shown = withValue(option, spec);
    return `${spec.required ? shown : `[${shown}]`}${spec.multiple ? '…' : ''}`;
  });
  const place = operand ? [operand.required ? operand.name : `[${operand.name}]`] : [];
  const table = columns([
    ...Object.entries(options).map(([option, spec]) => [`  ${withValue(option, spec)}`, spec.about]),
    ['  --help', 'Print this.'],
  ]);
  return `Usage: ${[PROGRAM, name, ...place, ...words].join(' ')}

${summary}
${details ? `${details}\n` : ''}
${table}
`;
}

/** All commands, a line each. */
export function overviewOf(commands: readonly Command[]): string {
  const lines = commands.map(({ name, summary }) => [`  ${name}`, summary]);
  return `Usage: ${PROGRAM} COMMAND [OPTIONS]

${columns([...lines, ['  help [COMMAND]', 'Print this, or how a command is used, as COMMAND --help does.']])}

Settings come from environment variables, the same for every command.
`;
}

function withValue(name: string, { value }: Option): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}
