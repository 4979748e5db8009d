/** A column of a long table. */
export interface TableColumn {
  readonly key: string;
  readonly name: string;
  /** Of `grid-template-columns`, e.g. `minmax(8rem, 2fr)`. */
  readonly width: string;
  readonly isNumber?: boolean;
}
