// @vitest-environment node
// Numbered news that come twice, late, or with holes.

import { describe, expect, it } from "vitest";
import { anOperation } from "../test-data";
import { judge, type Place, type Verdict } from "./feed";
import type { Tiding } from "./model";

const op = (seq: number): Tiding => ({ kind: "operation", seq, operation: anOperation({ id: `op-${seq}` }) });

describe("judge", () => {
  it.each<[string, Place, Tiding, Place, Verdict]>([
    ["the first news of a tab that joins", null, op(7), 7, "take"],
    ["the next one", 7, op(8), 8, "take"],
    ["the same again", 8, op(8), 8, "skip"],
    ["an older one", 8, op(3), 8, "skip"],
    ["one after a hole", 8, op(11), 11, "reread"],
    ["a sign of life", 8, { kind: "alive" }, 8, "skip"],
    ["the beginning", null, { kind: "ready", seq: 4 }, 4, "reread"],
    ["a beginning where it stands", 4, { kind: "ready", seq: 4 }, 4, "skip"],
    ["a beginning further on", 4, { kind: "ready", seq: 9 }, 9, "reread"],
    ["a server that was put back", 9, { kind: "ready", seq: 2 }, 2, "reread"],
  ])("%s", (_what, place, tiding, next, verdict) => {
    expect(judge(place, tiding)).toEqual([next, verdict]);
  });

  it("takes each once or rereads, however the news are cut, repeated and lost", () => {
    let seed = 42;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    for (let round = 0; round < 200; round += 1) {
      const all = Array.from({ length: 12 }, (_nothing, at) => op(at + 1));
      // Delivered in runs that may overlap and may leave holes.
      const delivered: Tiding[] = [];
      for (let at = 0; at < all.length; ) {
        const run = all.slice(Math.max(0, at - random(3)), at + 1 + random(4));
        delivered.push(...run);
        at += 1 + random(4);
      }
      let place: Place = 0;
      const seen = new Set<number>();
      for (const tiding of delivered) {
        const [next, verdict] = judge(place, tiding);
        place = next;
        if (tiding.kind !== "operation" || verdict === "skip") continue;
        if (verdict === "take") {
          expect(seen.has(tiding.seq)).toBe(false);
          seen.add(tiding.seq);
        } else {
          for (let seq = 1; seq <= tiding.seq; seq += 1) seen.add(seq);
        }
      }
      expect([...seen].toSorted((a, b) => a - b)).toEqual(Array.from({ length: place ?? 0 }, (_nothing, at) => at + 1));
    }
  });
});
