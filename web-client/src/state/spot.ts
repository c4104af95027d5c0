// Where a reader is in a thread.

/** A place in a thread, by what is there: rows change their heights and numbers. */
export interface Spot {
  readonly row: string;
  /** How far its beginning is above the upper edge. */
  readonly above: number;
  /** The heights as they were, of all rows, for a list that is still the same. */
  readonly rows: readonly unknown[];
  readonly heights: unknown;
}
