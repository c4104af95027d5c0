// Tasks, receipts and operations: wire to words and back.

import * as wire from "../../gen/taskchat/v1/task_pb";
import type { WatchTasksResponse } from "../../gen/taskchat/v1/task_service_pb";
import type {
  Operation,
  Origin,
  Receipt,
  ReceiptKind,
  Task,
  TaskDraft,
  TaskPriority,
  TaskStatus,
  Tiding,
} from "../../state/model";
import { instant } from "./time";

const STATUS: Readonly<Record<TaskStatus, wire.TaskStatus>> = {
  pending: wire.TaskStatus.PENDING,
  in_progress: wire.TaskStatus.IN_PROGRESS,
  completed: wire.TaskStatus.COMPLETED,
};

const PRIORITY: Readonly<Record<TaskPriority, wire.TaskPriority>> = {
  low: wire.TaskPriority.LOW,
  medium: wire.TaskPriority.MEDIUM,
  high: wire.TaskPriority.HIGH,
  urgent: wire.TaskPriority.URGENT,
};

export function toWireStatus(status: TaskStatus): wire.TaskStatus {
  return STATUS[status];
}

export function toWirePriority(priority: TaskPriority): wire.TaskPriority {
  return PRIORITY[priority];
}

function statusOf(status: wire.TaskStatus): TaskStatus {
  switch (status) {
    case wire.TaskStatus.COMPLETED:
      return "completed";
    case wire.TaskStatus.IN_PROGRESS:
      return "in_progress";
    default:
      return "pending";
  }
}

function priorityOf(priority: wire.TaskPriority): TaskPriority {
  switch (priority) {
    case wire.TaskPriority.LOW:
      return "low";
    case wire.TaskPriority.HIGH:
      return "high";
    case wire.TaskPriority.URGENT:
      return "urgent";
    default:
      return "medium";
  }
}

function originOf(origin: wire.Origin | undefined): Origin {
  switch (origin) {
    case wire.Origin.TURN:
      return "turn";
    case wire.Origin.MCP:
      return "mcp";
    default:
      return "hand";
  }
}

function kindOf(kind: wire.ReceiptKind): ReceiptKind {
  switch (kind) {
    case wire.ReceiptKind.CREATED:
      return "created";
    case wire.ReceiptKind.COMPLETED:
      return "completed";
    case wire.ReceiptKind.REOPENED:
      return "reopened";
    case wire.ReceiptKind.DELETED:
      return "deleted";
    case wire.ReceiptKind.RESTORED:
      return "restored";
    default:
      return "updated";
  }
}

export function taskOf(task: wire.Task): Task {
  return {
    id: task.id,
    title: task.title,
    description: task.description,
    status: statusOf(task.status),
    priority: priorityOf(task.priority),
    due: task.dueDate || null,
    completedAt: instant(task.completedAt),
    tags: task.tags,
    recurrence: task.recurrence || null,
    createdAt: instant(task.createdAt) ?? 0,
    updatedAt: instant(task.updatedAt) ?? 0,
    version: task.version,
    origin: originOf(task.createdBy?.origin),
  };
}

export function receiptOf(receipt: wire.Receipt): Receipt {
  return {
    operationId: receipt.operationId,
    kind: kindOf(receipt.kind),
    summary: receipt.summary,
    task: receipt.task === undefined ? null : taskOf(receipt.task),
    changes: receipt.changes.map(({ field, before, after }) => ({ field, before, after })),
    undoable: receipt.undoable,
    undoneBy: receipt.undoneBy || null,
  };
}

export function operationOf(operation: wire.Operation): Operation | null {
  if (operation.receipt === undefined) return null;
  return {
    id: operation.id,
    receipt: receiptOf(operation.receipt),
    origin: originOf(operation.origin),
    turnId: operation.turnId,
    at: instant(operation.createdAt) ?? 0,
    undoes: operation.undoes || null,
    otherTasks: operation.otherTasks.map(taskOf),
    removedTaskIds: operation.removedTaskIds,
  };
}

/** `null` for what a newer server says besides. */
export function tidingOf({ seq, event }: WatchTasksResponse): Tiding | null {
  switch (event.case) {
    case "ready":
      return { kind: "ready", seq };
    case "heartbeat":
      return { kind: "alive" };
    case "operation": {
      const operation = operationOf(event.value);
      return operation === null ? null : { kind: "operation", seq, operation };
    }
    default:
      return null;
  }
}

/** The fields that are given, and the mask that names exactly those. */
export function toWireTask(draft: Partial<TaskDraft>) {
  const paths: string[] = [];
  const set = <T>(path: string, value: T | undefined): T | undefined => {
    if (value !== undefined) paths.push(path);
    return value;
  };
  const due = set("due_date", draft.due);
  const task = {
    title: set("title", draft.title) ?? "",
    description: set("description", draft.description) ?? "",
    status: STATUS[set("status", draft.status) ?? "pending"],
    priority: PRIORITY[set("priority", draft.priority) ?? "medium"],
    tags: [...(set("tags", draft.tags) ?? [])],
    ...(due ? { dueDate: due } : {}),
  };
  return { task, mask: { paths } };
}
