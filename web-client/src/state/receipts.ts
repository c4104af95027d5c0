// What has become of receipts since they were written: undone, done again, or refused.
//
// A turn's events never change, so this is kept beside them, by operation.

import type { Receipt } from "./model";

export interface Fate {
  /** `null` leaves the question to the receipt itself. */
  readonly undone: boolean | null;
  readonly busy: boolean;
  /** Why the last try was refused. */
  readonly refusal: string | null;
}

export type Fates = Readonly<Record<string, Fate>>;

const UNKNOWN: Fate = { undone: null, busy: false, refusal: null };

/** What is known here, or else what the receipt says itself. */
export function fateOf(known: Fate | undefined, receipt: Receipt): Fate & { readonly undone: boolean } {
  const fate = known ?? UNKNOWN;
  return { ...fate, undone: fate.undone ?? receipt.undoneBy !== null };
}

export function trying(fates: Fates, operationId: string): Fates {
  const fate = fates[operationId] ?? UNKNOWN;
  return { ...fates, [operationId]: { ...fate, busy: true, refusal: null } };
}

export function settled(fates: Fates, operationId: string, undone: boolean): Fates {
  return { ...fates, [operationId]: { undone, busy: false, refusal: null } };
}

export function refused(fates: Fates, operationId: string, refusal: string): Fates {
  const fate = fates[operationId] ?? UNKNOWN;
  return { ...fates, [operationId]: { ...fate, busy: false, refusal } };
}
