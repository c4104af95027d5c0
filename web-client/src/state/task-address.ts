// What the task list shows as the query of an address, so that it survives a reload and can be shared.

import { ALL_TASKS, type DueFilter, PRIORITY_WORDS, type StatusFilter, type TaskOrder, type TaskQuery } from "./tasks";

const STATUSES: readonly StatusFilter[] = ["all", "open", "pending", "in_progress", "completed"];
const DUES: readonly DueFilter[] = ["any", "overdue", "today", "week"];
const ORDERS: readonly TaskOrder[] = ["created_at desc", "due_date", "priority desc", "title", "updated_at desc"];
const PRIORITIES: readonly TaskQuery["priority"][] = ["any", ...(Object.keys(PRIORITY_WORDS) as (keyof typeof PRIORITY_WORDS)[])];

function one<T extends string>(values: readonly T[], value: string | null, otherwise: T): T {
  return values.find((each) => each === value) ?? otherwise;
}

/** What an address asks for; what it says wrongly is as if it were not said. */
export function queryOf(search: URLSearchParams): TaskQuery {
  return {
    status: one(STATUSES, search.get("status"), ALL_TASKS.status),
    priority: one(PRIORITIES, search.get("priority"), ALL_TASKS.priority),
    due: one(DUES, search.get("due"), ALL_TASKS.due),
    order: one(ORDERS, search.get("sort"), ALL_TASKS.order),
    text: (search.get("q") ?? "").slice(0, 200),
  };
}

/** The other way round; what is as usual is left out. */
export function searchOf(query: TaskQuery): string {
  const search = new URLSearchParams();
  const say = (name: string, value: string, usual: string) => {
    if (value !== usual) search.set(name, value);
  };
  say("status", query.status, ALL_TASKS.status);
  say("priority", query.priority, ALL_TASKS.priority);
  say("due", query.due, ALL_TASKS.due);
  say("sort", query.order, ALL_TASKS.order);
  say("q", query.text, "");
  return search.toString();
}
