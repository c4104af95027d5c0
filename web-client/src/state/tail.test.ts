import { describe, expect, test } from "vitest";
import { follow, KEPT, tailOf } from "./tail";
import type { Row } from "./thread";

const rows = (from: number, to: number): readonly Row[] =>
  Array.from({ length: to - from }, (_nothing, at) => ({ key: String(from + at), turn: "", part: "said", at: null }));

describe("what stands below the list", () => {
  test("the newest are, and all of a short conversation", () => {
    expect(tailOf([])).toMatchObject({ first: null, from: 0 });
    expect(tailOf(rows(0, 7))).toMatchObject({ first: "0", from: 0 });
    expect(tailOf(rows(0, 50))).toMatchObject({ first: String(50 - KEPT), from: 50 - KEPT });
  });

  test("a thread that is opened again begins as it was left", () => {
    expect(tailOf(rows(0, 50), "12")).toMatchObject({ first: "12", from: 12 });
    expect(tailOf(rows(0, 50), "gone")).toMatchObject({ from: 50 - KEPT });
  });

  test("nothing changes while the rows do not", () => {
    const tail = tailOf(rows(0, 50));
    expect(follow(tail, tail.rows, true)).toBe(tail);
  });

  test("it begins with the same row, whatever comes in front of it", () => {
    const tail = tailOf(rows(100, 150));
    expect(follow(tail, rows(0, 150), true)).toMatchObject({ first: tail.first, from: tail.from + 100 });
  });

  test("it grows to twice its length, and then gives up the older half", () => {
    let tail = tailOf(rows(0, KEPT));
    for (let count = KEPT + 1; count < 2 * KEPT; count += 1) {
      tail = follow(tail, rows(0, count), true);
      expect(tail.from).toBe(0);
    }
    expect(follow(tail, rows(0, 2 * KEPT), true).from).toBe(KEPT);
  });

  test("nothing moves under a reader who is not at the end", () => {
    const tail = follow(tailOf(rows(0, KEPT)), rows(0, 3 * KEPT), false);
    expect(tail.from).toBe(0);
    expect(follow(tail, rows(0, 3 * KEPT + 1), true).from).toBe(2 * KEPT + 1);
  });

  test("once its first row is gone, it is the newest again", () => {
    expect(follow(tailOf(rows(0, 50)), rows(200, 250), false)).toMatchObject({ from: 50 - KEPT });
  });
});
