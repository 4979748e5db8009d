import { Table } from '../ui/Table.tsx';
import { coverageOf, type Period, type Series, totalOf } from './bars.ts';

interface BarTableProps {
  readonly title: string;
  readonly periods: readonly Period[];
  readonly series: readonly Series[];
  /** Periods before this instant were not counted, or not as a whole. */
  readonly countedFrom: number | undefined;
  readonly format: (value: number) => string;
  readonly formatStart: (at: number) => string;
}

const COVERAGE_NOTES = { all: '', part: ' (counted in part)', none: ' (not counted)' } as const;

/** The numbers of a chart: a row for each period. */
export function BarTable({ title, periods, series, countedFrom, format, formatStart }: BarTableProps) {
  const formatCounted = (period: Period, value: number): string =>
    coverageOf(period, countedFrom) === 'none' ? '–' : format(value);
  return (
    <div className="chart-table">
      <Table
        caption={title}
        rows={periods}
        keyOf={({ start }) => String(start)}
        columns={[
          {
            name: 'From',
            cell: (period) => (
              <>
                {formatStart(period.start)}
                <span className="muted">{COVERAGE_NOTES[coverageOf(period, countedFrom)]}</span>
              </>
            ),
          },
          ...series.map(({ key, name }) => ({
            name,
            isNumber: true,
            cell: (period: Period) => formatCounted(period, period.values[key] ?? 0),
          })),
          { name: 'Total', isNumber: true, cell: (period) => formatCounted(period, totalOf(period)) },
        ]}
      />
    </div>
  );
}
