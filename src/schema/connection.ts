import type { Found } from '../history/slice.ts';
import type { CursorWindow } from '../loaders/list-reader.ts';

/** An edge that writes its cursor only when somebody asks for it. */
export interface Edge<N> {
  readonly node: N;
  readonly cursor: string;
}

interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

/** What stands behind every connection type. */
export interface Connection<N> {
  readonly edges: Edge<N>[];
  readonly pageInfo: PageInfo;
}

export function toConnection<T, N>(window: CursorWindow<T>, toNode: (item: T) => N): Connection<N> {
  return {
    edges: window.found.map((found) => new LazyEdge(toNode(found.item), found, window)),
    pageInfo: new LazyPageInfo(window),
  };
}

// Classes, because V8 puts the getters of an object literal straight among the old objects: with them a whole
// page would stay in memory until the next full collection.

class LazyEdge<T, N> implements Edge<N> {
  readonly node: N;
  readonly #found: Found<T>;
  readonly #window: CursorWindow<T>;
  #cursor: string | undefined;

  constructor(node: N, found: Found<T>, window: CursorWindow<T>) {
    this.node = node;
    this.#found = found;
    this.#window = window;
  }

  get cursor(): string {
    // Under as many aliases as a query has, it is sealed once.
    this.#cursor ??= this.#window.cursorOf(this.#found);
    return this.#cursor;
  }
}

class LazyPageInfo<T> implements PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly #window: CursorWindow<T>;

  constructor(window: CursorWindow<T>) {
    this.hasNextPage = window.hasNextPage;
    this.hasPreviousPage = window.hasPreviousPage;
    this.#window = window;
  }

  get startCursor(): string | null {
    return this.#window.startCursor();
  }

  get endCursor(): string | null {
    return this.#window.endCursor();
  }
}
