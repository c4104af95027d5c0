// @vitest-environment node
// Wire to words, and back.

import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { MessageRole, MessageSchema } from "../../gen/taskchat/v1/message_pb";
import { Origin, ReceiptKind, TaskPriority, TaskSchema, TaskStatus } from "../../gen/taskchat/v1/task_pb";
import { OperationOutcomeSchema, OutcomeKind } from "../../gen/taskchat/v1/chat_pb";
import { ApprovalPolicy, UserSchema } from "../../gen/taskchat/v1/auth_pb";
import { ApprovalState, NoticeKind, TurnEventSchema, TurnState } from "../../gen/taskchat/v1/turn_pb";
import { taskOf, toWireTask } from "./task";
import { eventOf, messageOf, outcomeOf } from "./turn";
import { toWireChoices, userOf } from "./user";

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

describe("approvals", () => {
  it("are what is asked, and the answer", () => {
    const value = {
      id: "a",
      state: ApprovalState.PENDING,
      text: "This cannot be undone.",
      calls: [{ id: "c", tool: "delete_task", arguments: { task: "report" } }],
      expiresAt: { seconds: 9n },
    };
    expect(event({ event: { case: "approvalRequested", value } })).toMatchObject({
      kind: "approval",
      approval: { id: "a", state: "pending", calls: [{ args: { task: "report" }, result: null }], expiresAt: 9000, decidedAt: null },
    });
    const decided = { ...value, state: ApprovalState.EXPIRED, decidedAt: { seconds: 9n } };
    expect(event({ event: { case: "approvalDecided", value: decided } })).toMatchObject({
      kind: "approval",
      approval: { state: "expired", decidedAt: 9000 },
    });
  });

  it("are asked for as people choose", () => {
    expect(userOf(create(UserSchema, { id: "u", approvalPolicy: ApprovalPolicy.NEVER }))).toMatchObject({ approvalPolicy: "never" });
    expect(toWireChoices({ approvalPolicy: "always" })).toMatchObject({
      user: { approvalPolicy: ApprovalPolicy.ALWAYS },
      updateMask: { paths: ["approval_policy"] },
    });
    expect(toWireChoices({ timeZone: "Asia/Tokyo" }).updateMask.paths).toEqual(["time_zone"]);
  });
});

describe("outcomes", () => {
  it("name the field of a conflict", () => {
    const conflict = (field: string, problem: string) =>
      outcomeOf(create(OperationOutcomeSchema, { kind: OutcomeKind.CONFLICT, operationId: "o", field, problem }));
    expect(conflict("title", "title of “Milk” has changed since").problem).toBe("Title of “Milk” has changed since.");
    expect(conflict("due_date", "it has changed since").problem).toBe("It has changed since. (due date)");
    expect(conflict("", "the task was deleted").problem).toBe("The task was deleted.");
  });
});

describe("messages", () => {
  it("know who said them", () => {
    const message = { id: "m", role: MessageRole.ASSISTANT, content: "Hi", status: TurnState.RUNNING, turnId: "x" };
    expect(messageOf(create(MessageSchema, message))).toMatchObject({ role: "assistant", state: "running" });
  });
});
