// What has become of receipts since they were written: undone, done again, or refused.
//
// A turn's events never change, so this is kept beside them, by operation.

import type { OperationOutcome, Receipt, ToolCall } from "./model";

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

/** The receipts of a turn's calls, in the order of the calls. */
export function receiptsOf(calls: readonly ToolCall[]): readonly Receipt[] {
  return calls.flatMap((call) => (call.receipt === null || call.isError ? [] : [call.receipt]));
}

/** What became of all operations of a turn, each beside its own receipt. */
export function concluded(fates: Fates, outcomes: readonly OperationOutcome[], redo: boolean): Fates {
  return outcomes.reduce(
    (now, { kind, operationId, problem }) =>
      kind === "conflict" ? refused(now, operationId, problem) : settled(now, operationId, !redo),
    fates,
  );
}

/** The same in one sentence. */
export function conclusion(outcomes: readonly OperationOutcome[], redo: boolean): string {
  const changed = outcomes.filter(({ kind }) => kind === "undone" || kind === "redone").length;
  const left = outcomes.filter(({ kind }) => kind === "conflict").length;
  const done = redo ? "done again" : "undone";
  if (changed === 0 && left === 0) return `Everything was ${done} already.`;
  if (left === 0) return `${changed} ${changed === 1 ? "change" : "changes"} ${done}.`;
  const rest = `${left} left as ${left === 1 ? "it is" : "they are"}: changed since.`;
  return changed === 0 ? `Nothing ${done}, ${rest}` : `${changed} ${done}, ${rest}`;
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
