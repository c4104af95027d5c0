// @vitest-environment node
// Due dates in forms and in words, where the person is.

import { describe, expect, it } from "vitest";
import { clockWords, dueOf, duePartsOf, dueWords, isOverdue, momentWords, separatorWords } from "./due";

const BERLIN = "Europe/Berlin";
// Half past midnight there, and still the day before in UTC.
const NOW = Date.parse("2026-11-22T23:30:00Z");
const HERE = { now: NOW, zone: BERLIN };

describe("a form", () => {
  it.each([null, BERLIN, "America/New_York", "Asia/Kathmandu"])("shows what is there and gives it back: %s", (zone) => {
    for (const due of [null, "2026-11-27", "2026-11-27T16:30:00Z", "2026-07-01T23:59:00Z"]) {
      expect(dueOf(duePartsOf(due, zone), zone)).toBe(due);
    }
  });

  it("shows times where the person is", () => {
    expect(duePartsOf("2026-11-27T23:30:00Z", BERLIN)).toEqual({ date: "2026-11-28", time: "00:30" });
    expect(duePartsOf("2026-11-27T23:30:00Z", "America/New_York")).toEqual({ date: "2026-11-27", time: "18:30" });
    expect(duePartsOf("nonsense", BERLIN)).toEqual({ date: "", time: "" });
  });

  it("ignores a time without a date", () => {
    expect(dueOf({ date: "", time: "10:00" }, BERLIN)).toBeNull();
  });
});

describe("words", () => {
  it.each([
    ["2026-11-23", "Today"],
    ["2026-11-24", "Tomorrow"],
    ["2026-11-22", "Yesterday"],
    ["2026-11-27", "Friday"],
    ["2026-12-24", "Dec 24"],
    ["2027-01-02", "Jan 2, 2027"],
    ["someday", "someday"],
  ])("%s is %s", (due, words) => {
    expect(dueWords(due, HERE, "en-US")).toBe(words);
  });

  const plain = (words: string) => words.replace(/\s/g, " ");

  it("tell the time of an instant", () => {
    expect(plain(dueWords("2026-11-24T16:00:00Z", HERE, "en-US"))).toBe("Tomorrow, 5:00 PM");
    expect(plain(dueWords("2026-11-23T23:00:00Z", HERE, "en-US"))).toBe("Tomorrow, 12:00 AM");
    expect(plain(dueWords("2026-11-24T16:00:00Z", { now: NOW, zone: "Asia/Tokyo" }, "en-US"))).toBe("Wednesday, 1:00 AM");
    expect(plain(clockWords(NOW, BERLIN, "de-DE"))).toBe("0:30");
  });

  it("name the days of a conversation", () => {
    expect(separatorWords(NOW, HERE, "en-US")).toBe("Today");
    expect(separatorWords(NOW - 3_600_000, HERE, "en-US")).toBe("Yesterday");
    expect(separatorWords(Date.parse("2026-10-31T23:30:00Z"), HERE, "en-US")).toBe("Sunday, November 1");
    expect(plain(momentWords(NOW - 600_000, HERE, "en-US"))).toBe("12:20 AM");
    expect(momentWords(NOW - 3_600_000, HERE, "en-US")).toBe("Yesterday");
  });
});

describe("overdue", () => {
  it("is a date once its day is over, and an instant at once", () => {
    expect(isOverdue("2026-11-23", HERE)).toBe(false);
    expect(isOverdue("2026-11-22", HERE)).toBe(true);
    expect(isOverdue("2026-11-22", { now: NOW, zone: "UTC" })).toBe(false);
    expect(isOverdue("2026-11-22T23:29:00Z", HERE)).toBe(true);
    expect(isOverdue("2026-11-22T23:31:00Z", HERE)).toBe(false);
  });
});
