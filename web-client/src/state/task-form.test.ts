// @vitest-environment node
// The form of a task.

import { describe, expect, it } from "vitest";
import { aTask } from "../test-data";
import { changedFields, formOf, movedDue, tagsOf } from "./task-form";

const ZONE = "Asia/Kathmandu";
const task = aTask({ due: "2026-11-27T16:30:15Z", tags: ["home", "shop"], description: "Milk" });

describe("changedFields", () => {
  it("is empty for an untouched form, seconds included", () => {
    expect(changedFields(task, formOf(task, ZONE), ZONE)).toEqual({});
  });

  it("names what was changed, and clears what was emptied", () => {
    const form = {
      ...formOf(task, ZONE),
      title: "  Buy food ",
      status: "in_progress" as const,
      due: { date: "", time: "" },
      tags: "",
      description: "",
    };
    expect(changedFields(task, form, ZONE)).toEqual({
      title: "Buy food",
      status: "in_progress",
      due: null,
      tags: [],
      description: "",
    });
  });
});

it("says the same moment in another zone, and a day or half a date as it was", () => {
  const moved = (date: string, time: string) => movedDue({ date, time }, "America/New_York", "Europe/Berlin");
  expect(moved("2026-11-27", "18:30")).toEqual({ date: "2026-11-28", time: "00:30" });
  expect(moved("2026-11-27", "")).toEqual({ date: "2026-11-27", time: "" });
  expect(moved("", "18:30")).toEqual({ date: "", time: "18:30" });
});

describe("tagsOf", () => {
  it("reads labels between commas", () => {
    expect(tagsOf(" home, #shop ,, two words ")).toEqual(["home", "shop", "two words"]);
    expect(tagsOf("")).toEqual([]);
  });
});
