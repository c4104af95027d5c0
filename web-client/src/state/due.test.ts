// @vitest-environment node
// Due dates in forms and in words. The zone is the machine's; instants are built in it.

import { describe, expect, it } from "vitest";
import { dueOf, duePartsOf, dueWords, isOverdue, separatorWords } from "./due";

const NOW = new Date(2026, 10, 23, 12, 0);

describe("a form", () => {
  it("shows what is there and gives it back", () => {
    for (const due of [null, "2026-11-27", new Date(2026, 10, 27, 16, 30).toISOString().replace(".000Z", "Z")]) {
      expect(dueOf(duePartsOf(due))).toBe(due);
    }
    expect(duePartsOf(new Date(2026, 10, 27, 16, 30).toISOString())).toEqual({ date: "2026-11-27", time: "16:30" });
    expect(duePartsOf("nonsense")).toEqual({ date: "", time: "" });
  });

  it("ignores a time without a date", () => {
    expect(dueOf({ date: "", time: "10:00" })).toBeNull();
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
  ])("%s is %s", (due, words) => {
    expect(dueWords(due, NOW, "en-US")).toBe(words);
  });

  it("tell the time of an instant", () => {
    const due = new Date(2026, 10, 24, 17, 0).toISOString();
    expect(dueWords(due, NOW, "en-US").replace(/\s/g, " ")).toBe("Tomorrow, 5:00 PM");
  });

  it("name the days of a conversation", () => {
    expect(separatorWords(NOW.getTime(), NOW, "en-US")).toBe("Today");
    expect(separatorWords(new Date(2026, 10, 1).getTime(), NOW, "en-US")).toBe("Sunday, November 1");
  });
});

describe("overdue", () => {
  it("is a date once its day is over, and an instant at once", () => {
    expect(isOverdue("2026-11-23", NOW)).toBe(false);
    expect(isOverdue("2026-11-22", NOW)).toBe(true);
    expect(isOverdue(new Date(2026, 10, 23, 11, 59).toISOString(), NOW)).toBe(true);
    expect(isOverdue(new Date(2026, 10, 23, 12, 1).toISOString(), NOW)).toBe(false);
  });
});
