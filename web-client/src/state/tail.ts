// The newest rows stand in the document as they are, below the list of those before them: screen readers,
// and whoever searches the page, find them there, and an answer that grows moves nothing but itself.

import type { Row } from "./thread";

/** So many of the newest rows stand below the list at the least. At twice as many, the rest goes into it. */
export const KEPT = 20;

export interface Tail {
  readonly rows: readonly Row[];
  /** The key of the first row below the list; `null` while there is none. */
  readonly first: string | null;
  /** Its number, which is how many rows are in the list. */
  readonly from: number;
}

/** The tail of what is there when a thread is opened; `first` is the one that it began with before. */
export function tailOf(rows: readonly Row[], first: string | null = null): Tail {
  const known = first === null ? -1 : rows.findLastIndex((row) => row.key === first);
  const from = known >= 0 ? known : Math.max(0, rows.length - KEPT);
  return { rows, first: rows[from]?.key ?? null, from };
}

/**
 * The tail once the rows are others. It begins where it did, since a row that goes into the list is drawn
 * anew, until it has become long; and only while the reader is at the `end`, where nobody sees it go.
 */
export function follow(tail: Tail, rows: readonly Row[], end: boolean): Tail {
  if (tail.rows === rows) return tail;
  const next = tailOf(rows, tail.first);
  return end && rows.length - next.from >= 2 * KEPT ? tailOf(rows) : next;
}
