import type { ListSource } from '../history/list-source.ts';
import { type Position, positionAt } from '../history/position.ts';
import type { Found, Window } from '../history/window.ts';

/** A window whose positions can be written as cursors; each is written only when it is asked for. */
export interface CursorWindow<T> extends Omit<Window<T>, 'start' | 'end'> {
  cursorOf(found: Found<T>): string;
  startCursor(): string | null;
  endCursor(): string | null;
}

export function withCursors<T>(
  source: ListSource<T>,
  window: Window<T>,
  encode: (position: Position) => string,
): CursorWindow<T> {
  const { start, end, ...rest } = window;
  return {
    ...rest,
    cursorOf: ({ page, index }) => encode(positionAt(source, page, index)),
    startCursor: () => start && encode(start),
    endCursor: () => end && encode(end),
  };
}
