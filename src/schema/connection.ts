import type { CursorSlice } from '../loaders/list-reader.ts';
import type { Found } from '../pagination/slice.ts';

/** An edge whose cursor is encoded only when it is selected. */
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

/** The object behind every connection type. */
export interface Connection<N> {
  readonly edges: Edge<N>[];
  readonly pageInfo: PageInfo;
}

export function toConnection<T, N>(slice: CursorSlice<T>, toNode: (item: T) => N): Connection<N> {
  return {
    edges: slice.found.map((found) => new LazyEdge(toNode(found.item), found, slice)),
    pageInfo: new LazyPageInfo(slice),
  };
}

// Classes, because V8 allocates the getters of an object literal in the old space, where they would keep a whole page in
// memory until the next full collection.

class LazyEdge<T, N> implements Edge<N> {
  readonly node: N;
  readonly #found: Found<T>;
  readonly #slice: CursorSlice<T>;
  #cursor: string | undefined;

  constructor(node: N, found: Found<T>, slice: CursorSlice<T>) {
    this.node = node;
    this.#found = found;
    this.#slice = slice;
  }

  get cursor(): string {
    // Encoded once, even if a query selects it under several aliases.
    this.#cursor ??= this.#slice.cursorOf(this.#found);
    return this.#cursor;
  }
}

class LazyPageInfo<T> implements PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly #slice: CursorSlice<T>;

  constructor(slice: CursorSlice<T>) {
    this.hasNextPage = slice.hasNextPage;
    this.hasPreviousPage = slice.hasPreviousPage;
    this.#slice = slice;
  }

  get startCursor(): string | null {
    return this.#slice.startCursor();
  }

  get endCursor(): string | null {
    return this.#slice.endCursor();
  }
}
