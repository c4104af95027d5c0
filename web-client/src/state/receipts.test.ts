// @vitest-environment node
// What became of several receipts at once.

import { describe, expect, it } from "vitest";
import { aReceipt } from "../test-data";
import type { OperationOutcome } from "./model";
import { concluded, conclusion, fateOf } from "./receipts";

const outcome = (kind: OperationOutcome["kind"], operationId = "op-1", problem = ""): OperationOutcome => ({
  kind,
  operationId,
  problem,
  receipt: null,
});

describe("undoing a turn", () => {
  it("keeps each outcome beside its receipt", () => {
    const outcomes = [outcome("undone", "a"), outcome("unchanged", "b"), outcome("conflict", "c", "The title has changed.")];
    const fates = concluded({}, outcomes, false);
    expect(["a", "b", "c"].map((id) => fateOf(fates[id], aReceipt()).undone)).toEqual([true, true, false]);
    expect(fates["c"]?.refusal).toBe("The title has changed.");
    expect(fateOf(concluded(fates, [outcome("redone", "a")], true)["a"], aReceipt()).undone).toBe(false);
  });

  it("is said in one sentence", () => {
    for (const [kinds, redo, words] of [
      [["undone", "undone"], false, "2 changes undone."],
      [["redone"], true, "1 change done again."],
      [["unchanged"], false, "Everything was undone already."],
      [["undone", "conflict"], false, "1 undone, 1 left as it is: changed since."],
      [["conflict", "conflict"], false, "Nothing undone, 2 left as they are: changed since."],
    ] as const) {
      expect(conclusion(kinds.map((kind) => outcome(kind)), redo)).toBe(words);
    }
  });
});
