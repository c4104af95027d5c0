// @vitest-environment node
// Wire to words, and back.

import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { MessageRole, MessageSchema } from "../../gen/taskchat/v1/message_pb";
import { Origin, ReceiptKind, TaskPriority, TaskSchema, TaskStatus } from "../../gen/taskchat/v1/task_pb";
import { NoticeKind, TurnEventSchema, TurnState } from "../../gen/taskchat/v1/turn_pb";
import { taskOf, toWireTask } from "./task";
import { eventOf, messageOf } from "./turn";

const task = {
  id: "t",
  userId: "u",
  title: "Milk",
  status: TaskStatus.IN_PROGRESS,
  priority: TaskPriority.URGENT,
  dueDate: "2026-11-27",
  tags: ["home"],
  createdAt: { seconds: 1n, nanos: 500_000_000 },
  version: 3,
  createdBy: { origin: Origin.TURN, turnId: "turn" },
};

/** As it would come over the wire. */
function event(init: MessageInitShape<typeof TurnEventSchema>) {
  return eventOf(fromBinary(TurnEventSchema, toBinary(TurnEventSchema, create(TurnEventSchema, init))));
}

describe("tasks", () => {
  it("are plain values", () => {
    const plain = taskOf(create(TaskSchema, task));
    expect(plain).toEqual({
      id: "t",
      title: "Milk",
      description: "",
      status: "in_progress",
      priority: "urgent",
      due: "2026-11-27",
      completedAt: null,
      tags: ["home"],
      recurrence: null,
      createdAt: 1500,
      updatedAt: 0,
      version: 3,
      origin: "turn",
    });
    // Fit for a query key.
    expect(() => JSON.stringify(plain)).not.toThrow();
  });

  it("say which fields to take, those to be cleared included", () => {
    expect(toWireTask({ title: "Milk", due: null, tags: [] })).toMatchObject({
      task: { title: "Milk", tags: [] },
      mask: { paths: ["due_date", "title", "tags"] },
    });
    expect(toWireTask({ due: null }).task).not.toHaveProperty("dueDate");
  });
});

describe("events", () => {
  it("carry calls, receipts and structs", () => {
    const receipt = { operationId: "op", kind: ReceiptKind.COMPLETED, summary: "Completed.", task, undoable: true };
    const call = { id: "c", tool: "complete_task", arguments: { n: 1, deep: { list: [null, true] } }, result: { success: true }, receipt };
    expect(event({ turnId: "x", seq: 4, event: { case: "toolReturned", value: call } })).toMatchObject({
      kind: "returned",
      seq: 4,
      call: {
        args: { n: 1, deep: { list: [null, true] } },
        result: { success: true },
        receipt: { kind: "completed", undoneBy: null, task: { title: "Milk" } },
      },
    });
    expect(event({ event: { case: "toolCalled", value: { id: "c", tool: "t" } } })).toMatchObject({
      kind: "called",
      call: { args: {}, result: null, receipt: null },
    });
  });

  it("keep their place when a newer server says something unknown", () => {
    expect(event({ turnId: "x", seq: 7 })).toMatchObject({ kind: "unknown", seq: 7 });
  });

  it("end in an answer or a failure", () => {
    const completed = {
      responseText: "Hi",
      status: TurnState.CANCELLED,
      notices: [{ kind: NoticeKind.UNBACKED_CLAIM, text: "No receipt." }],
    };
    expect(event({ event: { case: "completed", value: completed } })).toMatchObject({
      kind: "completed",
      answer: { state: "cancelled", text: "Hi", notices: [{ kind: "unbacked_claim" }] },
    });
    expect(event({ event: { case: "failed", value: { responseText: "No.", retryable: true } } })).toMatchObject({
      kind: "failed",
      failure: { text: "No.", retryable: true },
    });
  });
});

describe("messages", () => {
  it("know who said them", () => {
    const message = { id: "m", role: MessageRole.ASSISTANT, content: "Hi", status: TurnState.RUNNING, turnId: "x" };
    expect(messageOf(create(MessageSchema, message))).toMatchObject({ role: "assistant", state: "running" });
  });
});
