import type { CSSProperties } from 'react';
import { coverageOf, type Period, type Series, totalOf } from './bars.ts';

interface BarTooltipProps {
  readonly period: Period;
  readonly series: readonly Series[];
  /** Periods before this instant were not counted, or not as a whole. */
  readonly countedFrom: number | undefined;
  readonly format: (value: number) => string;
  readonly formatStart: (at: number) => string;
  /** Its place beside the bar. */
  readonly style: CSSProperties;
}

/** The numbers of one bar. */
export function BarTooltip({ period, series, countedFrom, format, formatStart, style }: BarTooltipProps) {
  return (
    <div className="chart-tooltip" style={style}>
      <strong>{formatStart(period.start)}</strong>
      {series.map(({ key, name }) => {
        const value = period.values[key] ?? 0;
        return value > 0 ? (
          <span key={key} className="row spread">
            <span>{name}</span>
            <span className="number">{format(value)}</span>
          </span>
        ) : null;
      })}
      {totalOf(period) === 0 && (
        <span className="muted">{coverageOf(period, countedFrom) === 'all' ? 'None' : 'Not counted'}</span>
      )}
    </div>
  );
}
