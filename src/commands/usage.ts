import type { Command, Option } from './command.ts';
import { columns } from './output.ts';

const PROGRAM = 'npm run cli --';

/** Formats the usage of one command. */
export function usageOf({ name, summary, details, operand, options }: Command): string {
  const optionUsage = Object.entries(options).map(([option, spec]) => {
    const shown = withValue(option, spec);
    return `${spec.required ? shown : `[${shown}]`}${spec.multiple ? '…' : ''}`;
  });
  const operandUsage = operand ? [operand.required ? operand.name : `[${operand.name}]`] : [];
  const table = columns([
    ...Object.entries(options).map(([option, spec]) => [`  ${withValue(option, spec)}`, spec.about]),
    ['  --help', 'Print this help.'],
  ]);
  return `Usage: ${[PROGRAM, name, ...operandUsage, ...optionUsage].join(' ')}

${summary}
${details ? `${details}\n` : ''}
${table}
`;
}

/** Lists commands, one per line. */
export function overviewOf(commands: readonly Command[]): string {
  const lines = commands.map(({ name, summary }) => [`  ${name}`, summary]);
  return `Usage: ${PROGRAM} COMMAND [OPTIONS]

${columns([...lines, ['  help [COMMAND]', 'Print this help, or the usage of a command (same as COMMAND --help).']])}

Settings are environment variables, the same for every command.
`;
}

function withValue(name: string, { value }: Option): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}
