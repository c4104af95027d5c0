// Where a reader is in a thread.

/** A place in a thread, by what is there: rows change their heights and numbers. */
export interface Spot {
  readonly row: string;
  /** How far its beginning is above the upper edge. */
  readonly above: number;
  /** The first row below the list, how many were in it, and their heights, for a list that is still the same. */
  readonly tail: string | null;
  readonly listed: number;
  readonly heights: unknown;
}
