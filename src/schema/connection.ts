import type { CursorWindow } from '../loaders/cursor-window.ts';

/** An edge that writes its cursor only when somebody asks for it. */
export interface Edge<N> {
  readonly node: N;
  readonly cursor: string;
}

/** What stands behind every connection type. */
export interface Connection<N> {
  readonly edges: Edge<N>[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

export function toConnection<T, N>(window: CursorWindow<T>, toNode: (item: T) => N): Connection<N> {
  const { hasNextPage, hasPreviousPage } = window;
  return {
    edges: window.found.map((found) => ({
      node: toNode(found.item),
      get cursor() {
        return window.cursorOf(found);
      },
    })),
    pageInfo: {
      hasNextPage,
      hasPreviousPage,
      get startCursor() {
        return window.startCursor();
      },
      get endCursor() {
        return window.endCursor();
      },
    },
  };
}
