import type { Found } from '../history/window.ts';
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
    edges: window.found.map((found) => new LazyEdge(toNode(found.item), found, window)),
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

class LazyEdge<T, N> implements Edge<N> {
  readonly node: N;
  readonly #found: Found<T>;
  readonly #window: CursorWindow<T>;

  constructor(node: N, found: Found<T>, window: CursorWindow<T>) {
    this.node = node;
    this.#found = found;
    this.#window = window;
  }

  get cursor(): string {
    return this.#window.cursorOf(this.#found);
  }
}
