// Where in a thread a new day begins.

import { dayOf, MINUTE, type Zone } from "./here";
import type { Row } from "./thread";

/** Clocks are put forward or back a whole number of these. */
const STEP = 15 * MINUTE;

/** The keys of the rows that are the first of a day, in the zone's calendar. */
export function firstOfDays(rows: readonly Row[], zone: Zone): ReadonlySet<string> {
  const first = new Set<string>();
  let day: number | null = null;
  let step: number | null = null;
  for (const { key, at } of rows) {
    // Within a quarter of an hour no day begins; of thousands of rows most need not be looked up.
    if (at === null || Math.floor(at / STEP) === step) continue;
    step = Math.floor(at / STEP);
    const today = dayOf(at, zone);
    if (today !== day) first.add(key);
    day = today;
  }
  return first;
}
