import { scaleLinear } from 'd3-scale';
import { type KeyboardEvent, type PointerEvent, useId, useMemo, useRef, useState } from 'react';
import { formatDate, formatDayShort, formatInstant, formatShort } from '../time/format.ts';
import { useZone } from '../time/zone.ts';
import { Button } from '../ui/Button.tsx';
import {
  coverageOf,
  type Period,
  partsOf,
  rangeOfSelection,
  type Series,
  seriesAt,
  totalOf,
} from './bars.ts';
import './chart.css';
import { remOf } from '../ui/rem.ts';
import { BarTable } from './BarTable.tsx';
import { BarTooltip } from './BarTooltip.tsx';
import { LABEL_REM, textOf, ticksOf } from './labels.ts';
import { useWidth } from './use-width.ts';

interface TimeBarsProps {
  /** What the bars count, e.g. `Messages by outcome`. */
  readonly title: string;
  readonly periods: readonly Period[];
  readonly series: readonly Series[];
  /** Called with the bounds of the bars that were dragged over or, without `onOpen`, clicked; or chosen by the keyboard. */
  readonly onSelect?: (since: number, until: number) => void;
  /** Called with the bounds of one bar that was clicked or chosen, and the series of the part that was hit. */
  readonly onOpen?: (since: number, until: number, key: string | null) => void;
  /** Periods before this instant were not counted, or not as a whole. */
  readonly countedFrom?: number;
  /** @default 96 */
  readonly height?: number;
  /** Formats a value. @default a whole number */
  readonly format?: (value: number) => string;
}

/** The room below the bars for the times, in rem. */
const AXIS_REM = 1.3;
const GAP = 1;
const MAX_BAR = 96;
/** The share of a period's width that is left free. */
const SPACE = 0.15;
/** From this height on there is room for numbers. */
const TALL = 150;
const wholeNumber = new Intl.NumberFormat('en').format;

/**
 * Stacked bars over time. A drag over bars chooses their range, and so does a click on one unless it opens the bar; by the
 * keyboard, the arrows move, Shift extends, and Enter chooses. A table has the same numbers.
 */
export function TimeBars(props: TimeBarsProps) {
  const { title, periods, series, onSelect, onOpen, countedFrom, height = 96, format = wholeNumber } = props;
  const zone = useZone();
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [asTable, setAsTable] = useState(false);
  const [selection, setSelection] = useState<readonly [anchor: number, end: number] | null>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const dragging = useRef(false);

  const max = Math.max(1, ...periods.map(totalOf));
  const y = useMemo(() => scaleLinear([0, max], [0, height - 8]).nice(3), [max, height]);
  const step = periods.length > 0 ? width / periods.length : 0;
  const barWidth = Math.max(1, Math.min(step - Math.max(GAP, step * SPACE), MAX_BAR));
  const indexAt = (event: PointerEvent<SVGSVGElement>): number => {
    const { left } = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(periods.length - 1, Math.floor((event.clientX - left) / step)));
  };
  const choose = (first: number, last: number, key: string | null = null) => {
    const range = rangeOfSelection(periods, first, last);
    if (range && onOpen && first === last) onOpen(...range, key);
    else if (range) onSelect?.(...range);
    setSelection(null);
  };
  const keyAt = (event: PointerEvent<SVGSVGElement>): string | null => {
    const period = periods[indexAt(event)];
    const { top } = event.currentTarget.getBoundingClientRect();
    return period ? seriesAt(partsOf(period, series, y), height - (event.clientY - top)) : null;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const [anchor, end] = selection ?? [periods.length, periods.length];
    const moves: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
    const move = moves[event.key];
    if (move !== undefined) {
      const next = Math.max(0, Math.min(periods.length - 1, end + move));
      setSelection([event.shiftKey && selection ? anchor : next, next]);
      setHovered(next);
    } else if (event.key === 'Enter' && selection) choose(anchor, end);
    else if (event.key === 'Escape' && selection) setSelection(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const [from, to] = selection ? [Math.min(...selection), Math.max(...selection)] : [-1, -1];
  const shown = hovered === null ? undefined : periods[hovered];
  const rem = remOf();
  const ticks = ticksOf(periods.length, width, LABEL_REM * rem);
  // A day may have 23 hours; an hour never has two.
  const isByDay = periods.every(({ start, end }) => end - start > 2 * 3_600_000);
  const isOverYears = (periods.at(-1)?.end ?? 0) - (periods[0]?.start ?? 0) > 300 * 86_400_000;
  const formatStart = (at: number) => (isByDay ? formatDate : formatInstant)(at, zone);
  const formatTick = isOverYears ? formatDate : isByDay ? formatDayShort : formatShort;
  // Whole numbers: a message cannot be halved.
  const yTicks = y.ticks(3).filter((value) => value > 0 && Number.isInteger(value));
  // A low chart has room for one.
  const labelled = height >= TALL ? yTicks : yTicks.slice(-1);
  const inUse = series.filter(({ key }) => periods.some(({ values }) => (values[key] ?? 0) > 0));
  const uncounted = periods.filter((period) => coverageOf(period, countedFrom) !== 'all').length;

  return (
    <figure className="chart" aria-labelledby={id}>
      <figcaption className="row spread">
        <span id={id} className="chart-title">
          {title}
        </span>
        <span className="row chart-legend">
          {inUse.map(({ key, name, color }) => (
            <span key={key} className="legend-item">
              <span className="legend-mark" style={{ background: `var(${color})` }} />
              {name}
            </span>
          ))}
          <Button
            kind="quiet"
            className="chart-switch"
            aria-pressed={asTable}
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? 'Chart' : 'Table'}
          </Button>
        </span>
      </figcaption>
      {asTable ? (
        <BarTable
          title={title}
          periods={periods}
          series={series}
          countedFrom={countedFrom}
          format={format}
          formatStart={formatStart}
        />
      ) : (
        <div ref={box} className="chart-box">
          <svg
            width={width}
            height={height + Math.ceil(AXIS_REM * rem)}
            role={onSelect ? 'slider' : 'img'}
            tabIndex={onSelect ? 0 : undefined}
            aria-label={
              onSelect
                ? `${title}: ${onOpen ? 'open a bar with the arrows and Enter, ' : ''}choose a range with the arrows, Shift and Enter`
                : title
            }
            {...(onSelect && {
              'aria-valuemin': 0,
              'aria-valuemax': Math.max(0, periods.length - 1),
              'aria-valuenow': selection ? selection[1] : Math.max(0, periods.length - 1),
              'aria-valuetext': textOf(selection, periods, zone, format),
            })}
            onKeyDown={onSelect && onKeyDown}
            onBlur={() => {
              setSelection(null);
              setHovered(null);
            }}
            onPointerDown={(event) => {
              if (!onSelect || event.button !== 0 || periods.length === 0) return;
              event.currentTarget.setPointerCapture(event.pointerId);
              dragging.current = true;
              setSelection([indexAt(event), indexAt(event)]);
            }}
            onPointerMove={(event) => {
              if (periods.length === 0) return;
              const index = indexAt(event);
              setHovered(index);
              if (dragging.current && selection) setSelection([selection[0], index]);
            }}
            onPointerUp={(event) => {
              if (dragging.current && selection) choose(...selection, keyAt(event));
              dragging.current = false;
            }}
            onPointerCancel={() => {
              dragging.current = false;
              setSelection(null);
            }}
            onPointerLeave={() => !dragging.current && setHovered(null)}
          >
            {yTicks.map((value) => (
              <line
                key={value}
                className="chart-grid"
                x1={0}
                x2={width}
                y1={height - y(value)}
                y2={height - y(value)}
              />
            ))}
            {periods.map((period, index) => (
              <g key={period.start}>
                {partsOf(period, series, y).map(({ series: { key, color }, from: bottom, size }) => (
                  <rect
                    key={key}
                    x={index * step + (step - barWidth) / 2}
                    y={height - bottom - size}
                    width={barWidth}
                    height={size}
                    style={{ fill: `var(${color})` }}
                  />
                ))}
              </g>
            ))}
            {uncounted > 0 && (
              <rect className="chart-uncounted" x={0} y={0} width={uncounted * step} height={height} />
            )}
            {selection && (
              <rect
                className="chart-selection"
                x={from * step}
                y={0}
                width={(to - from + 1) * step}
                height={height}
              />
            )}
            {hovered !== null && !selection && (
              <rect className="chart-hover" x={hovered * step} y={0} width={step} height={height} />
            )}
            {labelled.map((value) => (
              <text key={value} className="chart-label chart-value" x={2} y={height - y(value) - 3}>
                {format(value)}
              </text>
            ))}
            <line className="chart-axis" x1={0} x2={width} y1={height} y2={height} />
            {ticks.map((index) => {
              const period = periods[index];
              return (
                period && (
                  <text key={index} className="chart-label" x={index * step} y={height + rem}>
                    {formatTick(period.start, zone)}
                  </text>
                )
              );
            })}
          </svg>
          {shown && hovered !== null && (
            <BarTooltip
              period={shown}
              series={series}
              countedFrom={countedFrom}
              format={format}
              formatStart={formatStart}
              style={
                hovered * step > width / 2
                  ? { right: width - hovered * step }
                  : { left: (hovered + 1) * step }
              }
            />
          )}
        </div>
      )}
    </figure>
  );
}
