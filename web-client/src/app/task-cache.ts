// The task lists that the query cache holds, changed in place.

import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Page, Task } from "../state/model";
import type { TaskQuery } from "../state/tasks";

type Lists = InfiniteData<Page<Task>, string>;
type Edit = (pages: readonly Page<Task>[], query: TaskQuery) => readonly Page<Task>[];

export const tasksKey = (query: TaskQuery) => ["tasks", query] as const;
export const taskKey = (id: string) => ["task", id] as const;
/** Of one task, or with an empty id of all of them. */
export const operationsKey = (taskId: string) => ["operations", taskId] as const;

/** A task as a list has it. */
export function listed(queries: QueryClient, id: string): Task | undefined {
  let found: Task | undefined;
  editTaskLists(queries, (pages) => {
    found ??= pages.flatMap((page) => page.items).find((task) => task.id === id);
    return pages;
  });
  return found;
}

export function editTaskLists(queries: QueryClient, edit: Edit): void {
  for (const [key, data] of queries.getQueriesData<Lists>({ queryKey: ["tasks"] })) {
    if (data === undefined) continue;
    const pages = edit(data.pages, key[1] as TaskQuery);
    if (pages !== data.pages) queries.setQueryData<Lists>(key, { ...data, pages: [...pages] });
  }
}

/** Puts the lists back as they are now. */
export function rememberTaskLists(queries: QueryClient): () => void {
  const lists = queries.getQueriesData<Lists>({ queryKey: ["tasks"] });
  return () => {
    for (const [key, data] of lists) queries.setQueryData(key, data);
  };
}
