// Lists of tasks as pages of a query, and what a receipt does to them.

import { dateOf, daysUntil, isOverdue } from "./due";
import { dayOf, type Here, here } from "./here";
import type { Page, Receipt, Task, TaskPriority, TaskStatus } from "./model";

/** Which tasks a list shows. `open` is everything not completed. */
export type StatusFilter = "all" | "open" | TaskStatus;
export type DueFilter = "any" | "overdue" | "today" | "week";
export type TaskOrder = "created_at desc" | "due_date" | "priority desc" | "title" | "updated_at desc";

export interface TaskQuery {
  readonly status: StatusFilter;
  readonly priority: TaskPriority | "any";
  readonly due: DueFilter;
  readonly order: TaskOrder;
  readonly text: string;
}

export const ALL_TASKS: TaskQuery = {
  status: "all",
  priority: "any",
  due: "any",
  order: "created_at desc",
  text: "",
};

/** True when a list shows less than there is. */
export function narrows({ status, priority, due, text }: TaskQuery): boolean {
  return status !== "all" || priority !== "any" || due !== "any" || text !== "";
}

export const STATUS_WORDS: Readonly<Record<TaskStatus, string>> = {
  pending: "To do",
  in_progress: "In progress",
  completed: "Done",
};

export const PRIORITY_WORDS: Readonly<Record<TaskPriority, string>> = {
  low: "Low",
  medium: "Medium",
  high: "High",
  urgent: "Urgent",
};

export function statusesOf(filter: StatusFilter): readonly TaskStatus[] {
  if (filter === "all") return [];
  if (filter === "open") return ["pending", "in_progress"];
  return [filter];
}

/** True when a task belongs into the list; text is left to the server, so it never excludes here. */
export function belongs(task: Task, query: TaskQuery, at = here()): boolean {
  const statuses = statusesOf(query.status);
  if (statuses.length > 0 && !statuses.includes(task.status)) return false;
  if (query.priority !== "any" && task.priority !== query.priority) return false;
  return query.due === "any" || isDue(task, query.due, at);
}

function isDue(task: Task, filter: Exclude<DueFilter, "any">, at: Here): boolean {
  if (task.due === null) return false;
  const days = daysUntil(task.due, at);
  switch (filter) {
    case "overdue":
      return task.status !== "completed" && isOverdue(task.due, at);
    case "today":
      return days === 0;
    case "week":
      return days >= 0 && days < 7;
  }
}

export interface DueBounds {
  readonly dueAfter: string;
  readonly dueBefore: string;
}

/**
 * What to ask the server for. Its days begin at midnight UTC and ours do not, hence a day more at
 * both ends; `belongs` is exact.
 */
export function dueBounds(filter: DueFilter, { now, zone }: Here): DueBounds {
  const day = (days: number) => dateOf(dayOf(now, zone) + days);
  switch (filter) {
    case "any":
      return { dueAfter: "", dueBefore: "" };
    case "overdue":
      return { dueAfter: "", dueBefore: day(2) };
    case "today":
      return { dueAfter: day(-1), dueBefore: day(2) };
    case "week":
      return { dueAfter: day(-1), dueBefore: day(8) };
  }
}

/** Pages with one task put in its place, in front when it is new, or taken out. */
export function withTask(
  pages: readonly Page<Task>[],
  task: Task,
  query: TaskQuery,
): readonly Page<Task>[] {
  const known = pages.flatMap((page) => page.items).find((each) => each.id === task.id);
  // An answer that was overtaken by a newer one changes nothing.
  if (known !== undefined && known.version > task.version) return pages;
  if (!belongs(task, query)) return withoutTask(pages, task.id);
  if (known !== undefined) {
    return pages.map((page) => ({
      ...page,
      items: page.items.map((each) => (each.id === task.id ? task : each)),
    }));
  }
  // Whether a search finds it, only the server knows.
  if (query.text !== "") return pages;
  const [first, ...rest] = pages;
  if (first === undefined) return pages;
  return [{ ...first, items: [task, ...first.items] }, ...rest];
}

export function withoutTask(pages: readonly Page<Task>[], id: string): readonly Page<Task>[] {
  return pages.map((page) =>
    page.items.some((each) => each.id === id)
      ? { ...page, items: page.items.filter((each) => each.id !== id) }
      : page,
  );
}

/** Pages after a change that the system has confirmed. */
export function withReceipt(
  pages: readonly Page<Task>[],
  receipt: Receipt,
  query: TaskQuery,
): readonly Page<Task>[] {
  if (receipt.task === null) return pages;
  return receiptRemoves(receipt)
    ? withoutTask(pages, receipt.task.id)
    : withTask(pages, receipt.task, query);
}

/** True when the task is gone after it: deleted, or its creation undone. */
export function receiptRemoves(receipt: Receipt): boolean {
  return receipt.kind === "deleted";
}
