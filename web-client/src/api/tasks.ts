// TaskService, in the page's words.

import { createClient, type Transport } from "@connectrpc/connect";
import { TaskService } from "../gen/taskchat/v1/task_service_pb";
import type { Operation, Page, Receipt, Task, TaskDraft } from "../state/model";
import { Problem } from "../state/problem";
import { statusesOf, type TaskQuery } from "../state/tasks";
import { operationOf, receiptOf, taskOf, toWireStatus, toWireTask } from "./convert/task";
import { call } from "./errors";
import { UNARY } from "./transport";

export interface Changed {
  readonly task: Task;
  /** `null` when nothing changed. */
  readonly receipt: Receipt | null;
}

const PAGE = 100;

export type TasksApi = ReturnType<typeof tasksApi>;

export function tasksApi(transport: Transport) {
  const client = createClient(TaskService, transport);
  return {
    async list(query: TaskQuery, pageToken: string, signal?: AbortSignal): Promise<Page<Task>> {
      const request = {
        status: statusesOf(query.status).map(toWireStatus),
        orderBy: query.order,
        query: query.text,
        pageSize: PAGE,
        pageToken,
      };
      const page = await call(client.listTasks(request, { ...UNARY, ...(signal ? { signal } : {}) }));
      return { items: page.tasks.map(taskOf), next: page.nextPageToken || null };
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

    async operations(taskId: string, pageToken: string): Promise<Page<Operation>> {
      const request = { taskId, pageToken, pageSize: 20 };
      const page = await call(client.listOperations(request, UNARY));
      const items = page.operations.map(operationOf).filter((each) => each !== null);
      return { items, next: page.nextPageToken || null };
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
