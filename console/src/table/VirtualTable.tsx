import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type ComponentType,
  type KeyboardEvent,
  memo,
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
} from 'react';
import { remOf } from '../ui/rem.ts';
import type { TableColumn } from './column.ts';
import './table.css';
import { useNarrow } from './use-narrow.ts';

/** The current cell: the row by its index, the column by its key. */
export interface Position {
  readonly index: number;
  readonly column: string;
}

/** Renders the content of a cell, and of all others of its row: a component, so that it can read the row's fragment. */
export interface RowProps<Row> {
  readonly row: Row;
  readonly columns: readonly TableColumn[];
  /** Renders one cell of the row. */
  readonly cell: (column: TableColumn, content: ReactNode) => ReactNode;
}

interface VirtualTableProps<Row> {
  /** Names the table. */
  readonly label: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly RowContent: ComponentType<RowProps<Row>>;
  readonly position: Position | null;
  readonly onPosition: (position: Position) => void;
  readonly onOpen: (row: Row) => void;
  /** The row that is shown elsewhere, e.g. in the side panel. */
  readonly openKey?: string | null;
  /** How many rows there are, also of those that are not loaded. Null if that is not known. */
  readonly totalCount?: number | null;
  /** Called when the end of the rows comes into view. */
  readonly onEnd?: () => void;
  /** After the last row: that more is being read, or why nothing more is. */
  readonly end?: ReactNode;
  /** The element that scrolls and has the focus. */
  readonly scroller: RefObject<HTMLDivElement | null>;
}

const ROW_REM = 2.25;
const NARROW_ROW_REM = 4;
const OVERSCAN = 12;

/** A long table, of which only the rows in view exist. The arrows move the current cell; Enter opens its row. */
export function VirtualTable<Row>(props: VirtualTableProps<Row>) {
  const {
    label,
    columns,
    rows,
    keyOf,
    RowContent,
    position,
    onPosition,
    onOpen,
    openKey,
    totalCount,
    onEnd,
    end,
    scroller,
  } = props;
  const id = useId();
  const isNarrow = useNarrow();
  const rem = remOf();
  const height = Math.round(rem * (isNarrow ? NARROW_ROW_REM : ROW_REM));
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : keyOf(row);
    },
    overscan: OVERSCAN,
    scrollPaddingStart: height,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: other heights are measured again
  useLayoutEffect(() => virtualizer.measure(), [height]);
  const items = virtualizer.getVirtualItems();
  const lastVisible = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (rows.length > 0 && lastVisible >= rows.length - OVERSCAN) onEnd?.();
  }, [lastVisible, rows.length, onEnd]);
  const index = position?.index;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a move of the current row scrolls
  useEffect(() => {
    if (index !== undefined) virtualizer.scrollToIndex(index, { align: 'auto' });
  }, [index]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = position?.index ?? -1;
    const column = Math.max(
      0,
      columns.findIndex(({ key }) => key === position?.column),
    );
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? height) / height) - 2);
    const moves: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
      ArrowRight: [0, 1],
      ArrowLeft: [0, -1],
      PageDown: [page, 0],
      PageUp: [-page, 0],
      Home: [-Infinity, 0],
      End: [Infinity, 0],
    };
    const move = moves[event.key];
    if (move && rows.length > 0) {
      const next = columns[Math.max(0, Math.min(columns.length - 1, column + move[1]))];
      const nextRow = Math.max(0, Math.min(rows.length - 1, row + move[0]));
      if (next) onPosition({ index: nextRow, column: next.key });
    } else if (event.key === 'Enter' && rows[row] !== undefined) onOpen(rows[row]);
    else return;
    event.preventDefault();
  };

  const handlers = useRef({ onPosition, onOpen });
  handlers.current = { onPosition, onOpen };

  const template = columns.map(({ width }) => width).join(' ');
  const current =
    position && rows[position.index] !== undefined ? `${id}-${position.index}-${position.column}` : undefined;
  return (
    <div
      ref={scroller}
      className="virtual-table"
      role="grid"
      aria-label={label}
      aria-rowcount={totalCount ?? (end ? -1 : rows.length + 1)}
      aria-colcount={columns.length}
      aria-activedescendant={current}
      tabIndex={0}
      onKeyDown={onKeyDown}
      style={{ '--columns': template } as object}
    >
      <div role="row" aria-rowindex={1} className="table-row table-head">
        {columns.map(({ key, name, isNumber }) => (
          <div key={key} role="columnheader" className={isNumber ? 'table-cell number' : 'table-cell'}>
            {name}
          </div>
        ))}
      </div>
      <div role="rowgroup" className="table-body" style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            <TableRow
              key={item.key}
              id={`${id}-${item.index}`}
              row={row}
              index={item.index}
              start={item.start}
              size={item.size}
              columns={columns}
              currentColumn={position?.index === item.index ? position.column : null}
              isOpen={openKey === keyOf(row)}
              RowContent={RowContent}
              handlers={handlers}
            />
          );
        })}
      </div>
      {end && (
        // A grid has nothing but rows of cells.
        <div role="row">
          <div role="gridcell" aria-colspan={columns.length} className="table-end">
            {end}
          </div>
        </div>
      )}
    </div>
  );
}

interface TableRowProps<Row> {
  readonly id: string;
  readonly row: Row;
  readonly index: number;
  /** The place of the row in the table, in pixels. */
  readonly start: number;
  readonly size: number;
  readonly columns: readonly TableColumn[];
  /** Null for another row than the current one. */
  readonly currentColumn: string | null;
  readonly isOpen: boolean;
  readonly RowContent: ComponentType<RowProps<Row>>;
  /** The same object for all renders. */
  readonly handlers: RefObject<Pick<VirtualTableProps<Row>, 'onPosition' | 'onOpen'>>;
}

/** One row. Those that stay in view are not rendered again while the table scrolls. */
const TableRow = memo(function TableRow<Row>(props: TableRowProps<Row>) {
  const { id, row, index, start, size, columns, currentColumn, isOpen, RowContent, handlers } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isOpen}
      className={`table-row${currentColumn === null ? '' : ' current'}`}
      style={{ transform: `translateY(${start}px)`, height: size }}
      onClick={(event) => {
        const cell =
          event.target instanceof Element ? event.target.closest<HTMLElement>('[data-column]') : null;
        handlers.current.onPosition({ index, column: cell?.dataset.column ?? columns[0]?.key ?? '' });
        // A selection of text does not count as a click.
        if (getSelection()?.isCollapsed !== false) handlers.current.onOpen(row);
      }}
    >
      <RowContent
        row={row}
        columns={columns}
        cell={(column, content) => (
          <div
            key={column.key}
            id={`${id}-${column.key}`}
            role="gridcell"
            data-column={column.key}
            className={`table-cell cell-${column.key}${column.isNumber ? ' number' : ''}${
              currentColumn === column.key ? ' current' : ''
            }`}
          >
            {content}
          </div>
        )}
      />
    </div>
  );
}) as <Row>(props: TableRowProps<Row>) => ReactNode;
