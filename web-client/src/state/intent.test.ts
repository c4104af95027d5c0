// @vitest-environment node
// What is asked, in plain words, with nothing left out.

import { describe, expect, it } from "vitest";
import { changesWords, intentOf, timeLeftWords } from "./intent";

const ID = "0192f0c1-2b3c-7d4e-8f90-0123456789ab";

describe("intentOf", () => {
  it("says what and shows all other arguments as they are", () => {
    const args = { title: "Call Bob", due: "2026-11-27", tags: ["a", "b"], description: "" };
    expect(intentOf({ tool: "add_task", args })).toEqual({
      verb: "Add",
      what: "Call Bob",
      taskId: null,
      details: [
        { name: "due", value: "2026-11-27" },
        { name: "tags", value: '["a","b"]' },
        { name: "description", value: '""' },
      ],
    });
  });

  it("tells a task's id from words for it", () => {
    expect(intentOf({ tool: "delete_task", args: { task: "the report" } })).toMatchObject({ verb: "Delete", what: "the report", details: [] });
    expect(intentOf({ tool: "delete_task", args: { task_id: ID } })).toEqual({
      verb: "Delete",
      what: null,
      taskId: ID,
      details: [{ name: "task_id", value: ID }],
    });
  });

  it("never hides an argument it does not understand", () => {
    expect(intentOf({ tool: "delete_task", args: { task_id: 7 } }).details).toEqual([{ name: "task_id", value: "7" }]);
    expect(intentOf({ tool: "format_disk", args: { really: true } })).toMatchObject({
      verb: "Use format_disk",
      details: [{ name: "really", value: "true" }],
    });
  });
});

describe("words", () => {
  it("count changes and minutes", () => {
    expect([changesWords(1), changesWords(7)]).toEqual(["1 change", "7 changes"]);
    const left = (minutes: number) => timeLeftWords(minutes * 60_000, 0);
    expect([left(15.3), left(1.2), left(0.4), left(-1), left(180)]).toEqual([
      "15 minutes left to answer",
      "1 minute left to answer",
      "Less than a minute left to answer",
      "The time to answer is over",
      "3 hours left to answer",
    ]);
  });
});
