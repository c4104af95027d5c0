// TaskService, in the page's words.

import { createClient, type Transport } from "@connectrpc/connect";
import { TaskService } from "../gen/taskchat/v1/task_service_pb";
import type { Operation, Page, Receipt, Task, TaskDraft, Tiding } from "../state/model";
import { Problem } from "../state/problem";
import { here } from "../state/here";
import { belongs, dueBounds, statusesOf, type TaskQuery } from "../state/tasks";
import { operationOf, receiptOf, taskOf, tidingOf, toWirePriority, toWireStatus, toWireTask } from "./convert/task";
import { call } from "./errors";
import { streamed } from "./stream";
import { type Bearer, UNARY } from "./transport";

export interface Changed {
  readonly task: Task;
  /** `null` when nothing changed. */
  readonly receipt: Receipt | null;
}

const PAGE = 100;

export type TasksApi = ReturnType<typeof tasksApi>;

export function tasksApi(transport: Transport, bearer: Bearer) {
  const client = createClient(TaskService, transport);
  return {
    async list(query: TaskQuery, pageToken: string, signal?: AbortSignal): Promise<Page<Task>> {
      const status = query.due === "overdue" && query.status === "all" ? "open" : query.status;
      const request = {
        status: statusesOf(status).map(toWireStatus),
        priority: query.priority === "any" ? [] : [toWirePriority(query.priority)],
        ...dueBounds(query.due, here()),
        orderBy: query.order,
        query: query.text,
        pageSize: PAGE,
        pageToken,
      };
      const page = await call(client.listTasks(request, { ...UNARY, ...(signal ? { signal } : {}) }));
      const items = page.tasks.map(taskOf).filter((task) => belongs(task, query));
      return { items, next: page.nextPageToken || null };
    },

    async get(taskId: string): Promise<Task> {
      const { task } = await call(client.getTask({ taskId }, UNARY));
      return taskOf(given(task));
    },

    async create(draft: Partial<TaskDraft>, requestId: string): Promise<Changed> {
      const { task } = toWireTask(draft);
      return changed(await call(client.createTask({ task, requestId }, UNARY)));
    },

    /** Changes the given fields only; `version` guards against overwriting somebody else's change. */
    async update(
      taskId: string,
      fields: Partial<TaskDraft>,
      version: number,
      requestId: string,
    ): Promise<Changed> {
      const { task, mask } = toWireTask(fields);
      const request = { taskId, task, updateMask: mask, version, requestId };
      return changed(await call(client.updateTask(request, UNARY)));
    },

    async complete(taskId: string, completed: boolean, requestId: string): Promise<Changed> {
      return changed(await call(client.completeTask({ taskId, completed, requestId }, UNARY)));
    },

    async delete(taskId: string, requestId: string): Promise<Receipt> {
      const { receipt } = await call(client.deleteTask({ taskId, requestId }, UNARY));
      return receiptOf(given(receipt));
    },

    async undo(operationId: string): Promise<Receipt> {
      const { receipt } = await call(client.undoOperation({ operationId }, UNARY));
      return receiptOf(given(receipt));
    },

    async redo(operationId: string): Promise<Receipt> {
      const { receipt } = await call(client.redoOperation({ operationId }, UNARY));
      return receiptOf(given(receipt));
    },

    /** The audit trail of one task, or with an empty id of all of them; newest first. */
    async operations(taskId: string, pageToken: string): Promise<Page<Operation>> {
      const request = { taskId, pageToken, pageSize: taskId === "" ? 50 : 20 };
      const page = await call(client.listOperations(request, UNARY));
      const items = page.operations.map(operationOf).filter((each) => each !== null);
      return { items, next: page.nextPageToken || null };
    },

    /** What happens to tasks from now on, or with a number after that one, whoever's hand does it. */
    async *watch(after: number | null, signal: AbortSignal): AsyncGenerator<Tiding> {
      const request = after === null ? {} : { after };
      for await (const item of streamed(bearer, () => client.watchTasks(request, { signal }))) {
        const tiding = tidingOf(item);
        if (tiding !== null) yield tiding;
      }
    },
  };
}

function changed(answer: {
  task?: Parameters<typeof taskOf>[0] | undefined;
  receipt?: Parameters<typeof receiptOf>[0] | undefined;
}): Changed {
  return {
    task: taskOf(given(answer.task)),
    receipt: answer.receipt === undefined ? null : receiptOf(answer.receipt),
  };
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Problem("internal", "The server's answer was incomplete.");
  return value;
}
