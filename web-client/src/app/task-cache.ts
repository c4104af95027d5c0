// The task lists that the query cache holds, changed in place.

import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Page, Task } from "../state/model";
import type { TaskQuery } from "../state/tasks";

type Lists = InfiniteData<Page<Task>, string>;
type Edit = (pages: readonly Page<Task>[], query: TaskQuery) => readonly Page<Task>[];

export const tasksKey = (query: TaskQuery) => ["tasks", query] as const;
export const taskKey = (id: string) => ["task", id] as const;

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
