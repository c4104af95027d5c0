// @vitest-environment node
// The task list's address.

import { describe, expect, it } from "vitest";
import { queryOf, searchOf } from "./task-address";
import { ALL_TASKS, type TaskQuery } from "./tasks";

const QUERIES: readonly TaskQuery[] = [
  ALL_TASKS,
  { ...ALL_TASKS, status: "open", due: "overdue" },
  { ...ALL_TASKS, status: "completed", priority: "urgent", due: "week", order: "updated_at desc", text: "milk & honey #1" },
];

describe("the address of a task list", () => {
  it.each(QUERIES)("%j comes back from its address", (query) => {
    expect(queryOf(new URLSearchParams(searchOf(query)))).toEqual(query);
  });

  it("says nothing of what is as usual", () => {
    expect(searchOf(ALL_TASKS)).toBe("");
    expect(searchOf({ ...ALL_TASKS, due: "today" })).toBe("due=today");
  });

  it.each(["status=x&priority=&due=never&sort=drop", "", "%00"])("%j asks for everything", (search) => {
    expect(queryOf(new URLSearchParams(search))).toEqual(ALL_TASKS);
  });
});
