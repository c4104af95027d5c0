// @vitest-environment node
// Task lists and what receipts do to them.

import { describe, expect, it } from "vitest";
import { aReceipt, aTask } from "../test-data";
import type { Page, Task } from "./model";
import { ALL_TASKS, belongs, type DueFilter, dueBounds, narrows, type TaskQuery, withReceipt, withTask, withoutTask } from "./tasks";

const pages = (...lists: Task[][]): readonly Page<Task>[] =>
  lists.map((items, at) => ({ items, next: at < lists.length - 1 ? "more" : null }));
const ids = (list: readonly Page<Task>[]) => list.map((page) => page.items.map((task) => task.id));
const milk = aTask({ id: "milk" });
const bread = aTask({ id: "bread" });
const pending: TaskQuery = { ...ALL_TASKS, status: "pending" };

describe("withTask", () => {
  it("puts a new task in front", () => {
    expect(ids(withTask(pages([milk], []), bread, ALL_TASKS))).toEqual([["bread", "milk"], []]);
  });

  it("changes a known task where it stands", () => {
    const changed = { ...milk, title: "Oat milk", version: 2 };
    expect(withTask(pages([bread], [milk]), changed, ALL_TASKS)[1]?.items).toEqual([changed]);
  });

  it("does not go back to an older version", () => {
    const list = pages([{ ...milk, version: 3 }]);
    expect(withTask(list, { ...milk, version: 2 }, ALL_TASKS)).toBe(list);
  });

  it("takes a task out that does not belong any more", () => {
    const done: Task = { ...milk, status: "completed", version: 2 };
    expect(ids(withTask(pages([milk, bread]), done, pending))).toEqual([["bread"]]);
  });

  it("leaves searching to the server", () => {
    const list = pages([milk]);
    expect(withTask(list, bread, { ...ALL_TASKS, text: "milk" })).toBe(list);
  });
});

describe("withReceipt", () => {
  it("takes a deleted task out and puts a restored one back", () => {
    const deleted = aReceipt({ kind: "deleted", task: milk });
    expect(ids(withReceipt(pages([milk, bread]), deleted, ALL_TASKS))).toEqual([["bread"]]);
    const restored = aReceipt({ kind: "restored", task: milk });
    expect(ids(withReceipt(pages([bread]), restored, ALL_TASKS))).toEqual([["milk", "bread"]]);
  });

  it("changes nothing in pages without the task", () => {
    const list = pages([milk], [bread]);
    expect(withoutTask(list, "bread")[0]).toBe(list[0]);
  });
});

describe("belongs", () => {
  // The next day has begun there.
  const here = { now: Date.UTC(2026, 10, 24, 12), zone: "Pacific/Auckland" };
  const due = (days: number) => new Date(Date.UTC(2026, 10, 25 + days)).toISOString().slice(0, 10);

  it.each<[DueFilter, number, boolean]>([
    ["overdue", -1, true],
    ["overdue", 0, false],
    ["today", 0, true],
    ["today", 1, false],
    ["today", -1, false],
    ["week", 0, true],
    ["week", 6, true],
    ["week", 7, false],
    ["any", 400, true],
  ])("%s holds a day %i days away: %j", (filter, days, wanted) => {
    const task = aTask({ due: due(days) });
    expect(belongs(task, { ...ALL_TASKS, due: filter }, here)).toBe(wanted);
    // Whatever belongs is between the bounds that the server is asked for.
    const { dueAfter, dueBefore } = dueBounds(filter, here);
    if (wanted) expect([due(days) >= dueAfter, dueBefore === "" || due(days) < dueBefore]).toEqual([true, true]);
  });

  it("leaves out what has no date, what is done and what matters otherwise", () => {
    expect(belongs(aTask(), { ...ALL_TASKS, due: "week" }, here)).toBe(false);
    expect(belongs(aTask({ due: due(-3), status: "completed" }), { ...ALL_TASKS, due: "overdue" }, here)).toBe(false);
    expect(belongs(aTask({ priority: "high" }), { ...ALL_TASKS, priority: "urgent" })).toBe(false);
    expect(belongs(aTask({ status: "in_progress" }), { ...ALL_TASKS, status: "open" })).toBe(true);
  });

  it("knows what narrows a list", () => {
    expect(narrows({ ...ALL_TASKS, order: "title" })).toBe(false);
    expect(narrows({ ...ALL_TASKS, priority: "low" })).toBe(true);
  });
});
