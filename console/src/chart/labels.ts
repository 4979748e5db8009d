import { formatInstant } from '../time/format.ts';
import { type Period, totalOf } from './bars.ts';

/** The room that the label of a period takes, in rem. */
export const LABEL_REM = 6.5;

/** The indexes of the periods that are labelled: as many as there is room for, evenly spread. */
export function ticksOf(count: number, width: number, labelWidth: number): number[] {
  const room = Math.max(1, Math.floor(width / labelWidth));
  const every = Math.max(1, Math.ceil(count / room));
  const indexes = Array.from({ length: Math.ceil(count / every) }, (_, index) => index * every);
  return indexes.filter((index) => (index / count) * width + labelWidth <= width || index === 0);
}

/** Says which range of bars is chosen, and how many messages it has. */
export function textOf(
  selection: readonly [number, number] | null,
  periods: readonly Period[],
  zone: string,
  format: (value: number) => string,
): string {
  if (!selection) return 'No range chosen';
  const [from, to] = [Math.min(...selection), Math.max(...selection)];
  const chosen = periods.slice(from, to + 1);
  const first = chosen[0];
  const last = chosen.at(-1);
  if (!first || !last) return 'No range chosen';
  const sum = chosen.reduce((total, period) => total + totalOf(period), 0);
  return `${formatInstant(first.start, zone)} to ${formatInstant(last.end, zone)}: ${format(sum)}`;
}
