// Reading and changing tasks: what the views call.

import { infiniteQueryOptions, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import type { Api } from "../api/api";
import type { Changed } from "../api/tasks";
import type { Receipt, Task, TaskDraft } from "../state/model";
import { problemOf } from "../state/problem";
import { concluded, conclusion, refused, settled, trying } from "../state/receipts";
import { belongs, type TaskQuery, withReceipt, withTask, withoutTask } from "../state/tasks";
import { type Services, useServices } from "./services";
import { editTaskLists, listed, operationsKey, rememberTaskLists, taskKey, tasksKey } from "./task-cache";
import { uuid } from "./uuid";

/** The tasks of a query, page after page. */
export const taskList = (api: Api, query: TaskQuery) =>
  infiniteQueryOptions({
    queryKey: tasksKey(query),
    queryFn: ({ pageParam, signal }) => api.tasks.list(query, pageParam, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });

export function useTasks(query: TaskQuery) {
  const { api } = useServices();
  return useInfiniteQuery(taskList(api, query));
}

/** One task, known at once when a list holds it. */
export function useTask(id: string) {
  const { api, queries } = useServices();
  return useQuery({
    queryKey: taskKey(id),
    queryFn: () => api.tasks.get(id),
    initialData: () => listed(queries, id),
    // Shown at once, and checked.
    initialDataUpdatedAt: 0,
  });
}

export function useCreateTask() {
  const services = useServices();
  return useMutation({
    mutationFn: ({ draft, requestId }: { draft: Partial<TaskDraft>; requestId: string }) =>
      services.api.tasks.create(draft, requestId),
    onSuccess: (changed) => {
      took(services, changed);
      services.toasts.say(`Added: ${changed.task.title}`);
      // Its place in an ordered list is the server's to say.
      refresh(services);
    },
  });
}

export function useUpdateTask() {
  const services = useServices();
  return useMutation({
    mutationFn: ({ task, fields }: { task: Task; fields: Partial<TaskDraft> }) =>
      services.api.tasks.update(task.id, fields, task.version, uuid()),
    onSuccess: (changed) => {
      took(services, changed);
      services.toasts.say(`Saved: ${changed.task.title}`);
      // Its place in an ordered list may be another one.
      refresh(services);
    },
  });
}

/** Completes a task or takes that back: at once in the view, in one call. */
export function useToggleTask() {
  const services = useServices();
  return useMutation({
    mutationFn: ({ task, completed }: { task: Task; completed: boolean }) =>
      services.api.tasks.complete(task.id, completed, uuid()),
    onMutate: ({ task, completed }) => {
      const undo = rememberTaskLists(services.queries);
      const guess: Task = { ...task, status: completed ? "completed" : "pending" };
      editTaskLists(services.queries, (pages, query) =>
        // It stays where it is until the server has agreed, so that the list does not jump twice.
        belongs(task, query) ? withTask(pages, guess, { ...query, status: "all" }) : pages,
      );
      return undo;
    },
    onSuccess: (changed, { task, completed }) => {
      took(services, changed);
      services.toasts.say(`${completed ? "Completed" : "Reopened"}: ${task.title}`);
      // Completing a repeating task adds the next one.
      if (task.recurrence !== null) refresh(services);
    },
    onError: (cause, _variables, undo) => {
      undo?.();
      services.toasts.warn(problemOf(cause).message);
    },
  });
}

/** Deletes a task, at once in the view, and offers to take that back. */
export function useDeleteTask() {
  const services = useServices();
  const undo = useUndo();
  return useMutation({
    mutationFn: (task: Task) => services.api.tasks.delete(task.id, uuid()),
    onMutate: (task) => {
      const restore = rememberTaskLists(services.queries);
      editTaskLists(services.queries, (pages) => withoutTask(pages, task.id));
      return restore;
    },
    onSuccess: (receipt, task) => {
      services.queries.removeQueries({ queryKey: taskKey(task.id) });
      services.tell({ tasks: true });
      services.toasts.show(receipt.summary, {
        label: "Undo",
        run: () => undo.mutate({ receipt, redo: false }),
      });
    },
    onError: (cause, _task, restore) => {
      restore?.();
      services.toasts.warn(problemOf(cause).message);
    },
  });
}

/** Takes one operation back, or does it again. A refusal is kept beside its receipt. */
export function useUndo() {
  const services = useServices();
  const { api, fates } = services;
  return useMutation({
    mutationFn: ({ receipt, redo }: { receipt: Receipt; redo: boolean }) =>
      redo ? api.tasks.redo(receipt.operationId) : api.tasks.undo(receipt.operationId),
    onMutate: ({ receipt }) => fates.update((now) => trying(now, receipt.operationId)),
    onSuccess: (done, { receipt, redo }) => {
      fates.update((now) => settled(now, receipt.operationId, !redo));
      editTaskLists(services.queries, (pages, query) => withReceipt(pages, done, query));
      if (done.task !== null) void services.queries.invalidateQueries({ queryKey: taskKey(done.task.id) });
      refresh(services);
      services.toasts.say(done.summary);
    },
    onError: (cause, { receipt }) => {
      const { message } = problemOf(cause);
      fates.update((now) => refused(now, receipt.operationId, message));
      services.toasts.warn(message);
    },
  });
}

/** Takes all back that a turn did, or does it again; each outcome is kept beside its receipt. */
export function useUndoTurn(turnId: string) {
  const services = useServices();
  const { api, fates, queries, toasts } = services;
  return useMutation({
    mutationFn: ({ redo }: { redo: boolean }) =>
      redo ? api.turns.redo(turnId) : api.turns.undo(turnId),
    onSuccess: (outcomes, { redo }) => {
      fates.update((now) => concluded(now, outcomes, redo));
      for (const { receipt } of outcomes) {
        if (receipt === null) continue;
        editTaskLists(queries, (pages, query) => withReceipt(pages, receipt, query));
        if (receipt.task !== null) void queries.invalidateQueries({ queryKey: taskKey(receipt.task.id) });
      }
      refresh(services);
      toasts.say(conclusion(outcomes, redo));
    },
  });
}

/** What a task is called, by the system's word; `null` until it is known. */
export function useTaskTitle(id: string | null): string | null {
  const { api, queries } = useServices();
  const { data } = useQuery({
    queryKey: taskKey(id ?? ""),
    queryFn: () => api.tasks.get(id ?? ""),
    enabled: id !== null,
    initialData: () => (id === null ? undefined : listed(queries, id)),
    initialDataUpdatedAt: 0,
  });
  return data?.title ?? null;
}

/** The audit trail of a task, or with an empty id of all of them, page after page. */
export function useOperations(taskId: string) {
  const { api } = useServices();
  return useInfiniteQuery({
    queryKey: operationsKey(taskId),
    queryFn: ({ pageParam }) => api.tasks.operations(taskId, pageParam),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

function took(services: Services, { task }: Changed): void {
  void services.queries.invalidateQueries({ queryKey: ["operations"] });
  services.queries.setQueryData(taskKey(task.id), task);
  editTaskLists(services.queries, (pages, query) => withTask(pages, task, query));
  services.tell({ tasks: true });
}

function refresh(services: Services): void {
  void services.queries.invalidateQueries({ queryKey: ["tasks"] });
  void services.queries.invalidateQueries({ queryKey: ["operations"] });
  services.tell({ tasks: true });
}
