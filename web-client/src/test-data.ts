// Values for tests, whole by default and different where a test says so.

import type { Approval, Message, Operation, Receipt, Task, ToolCall, TurnEvent } from "./state/model";

export function aTask(fields: Partial<Task> = {}): Task {
  return {
    id: "task-1",
    title: "Buy groceries",
    description: "",
    status: "pending",
    priority: "medium",
    due: null,
    completedAt: null,
    tags: [],
    recurrence: null,
    createdAt: 1,
    updatedAt: 1,
    version: 1,
    origin: "hand",
    ...fields,
  };
}

export function aReceipt(fields: Partial<Receipt> = {}): Receipt {
  return {
    operationId: "op-1",
    kind: "created",
    summary: "Added “Buy groceries”.",
    task: aTask(),
    changes: [],
    undoable: true,
    undoneBy: null,
    ...fields,
  };
}

export function anOperation(fields: Partial<Operation> = {}): Operation {
  return {
    id: "op-1",
    receipt: aReceipt(),
    origin: "hand",
    turnId: "",
    at: 1_000,
    undoes: null,
    otherTasks: [],
    removedTaskIds: [],
    ...fields,
  };
}

export function aCall(fields: Partial<ToolCall> = {}): ToolCall {
  return {
    id: "call-1",
    tool: "add_task",
    args: { title: "Buy groceries" },
    result: { success: true },
    isError: false,
    receipt: aReceipt(),
    ...fields,
  };
}

export function aMessage(fields: Partial<Message> = {}): Message {
  return {
    id: "message-1",
    role: "user",
    content: "Hello",
    calls: [],
    notices: [],
    approvals: [],
    failure: null,
    at: 1_000,
    turnId: "turn-1",
    state: "completed",
    ...fields,
  };
}

/** Question and answer of one finished turn. */
export function aTurn(turnId: string, at = 1_000): readonly Message[] {
  return [
    aMessage({ id: `${turnId}-q`, turnId, content: `Question ${turnId}`, at }),
    aMessage({ id: `${turnId}-a`, turnId, role: "assistant", content: `Answer ${turnId}`, at: at + 1 }),
  ];
}

export function anApproval(fields: Partial<Approval> = {}): Approval {
  return {
    id: "approval-1",
    state: "pending",
    text: "This message would change more than 5 tasks.",
    calls: [aCall({ id: "call-2", result: null, receipt: null })],
    expiresAt: Date.now() + 10 * 60_000,
    decidedAt: null,
    ...fields,
  };
}

/** All events of a turn that had to ask, with its `answer`. */
export function askingEvents(answer: "approved" | "denied" | "expired", turnId = "turn-1"): readonly TurnEvent[] {
  const call = aCall({ id: "call-2", result: null, receipt: null });
  const asked = anApproval({ calls: [call], expiresAt: 900_000 });
  const returned =
    answer === "approved"
      ? aCall({ id: "call-2" })
      : { ...call, isError: true, result: { success: false, error: { code: "DENIED", message: "no" } } };
  const bodies = [
    { kind: "started", conversationId: "conversation-1" },
    { kind: "called", call },
    { kind: "approval", approval: asked },
    { kind: "approval", approval: { ...asked, state: answer, decidedAt: 5_000 } },
    { kind: "returned", call: returned },
    { kind: "text", text: "So be it." },
    {
      kind: "completed",
      answer: { state: "completed", text: "So be it.", calls: [returned], notices: [] },
    },
  ] as const;
  return bodies.map((body, at) => ({ turnId, seq: at + 1, at: 1_000 + at, ...body }));
}

/** All events of a turn with a tool call, from the first to the last. */
export function someEvents(turnId = "turn-1"): readonly TurnEvent[] {
  const asked = aCall({ result: null, receipt: null });
  const answered = aCall();
  const notice = { kind: "other", text: "Mind the gap." } as const;
  const bodies = [
    { kind: "started", conversationId: "conversation-1" },
    { kind: "text", text: "Let me see. " },
    { kind: "called", call: asked },
    { kind: "unknown" },
    { kind: "returned", call: answered },
    { kind: "notice", notice },
    { kind: "text", text: "Done" },
    { kind: "text", text: ", as you asked." },
    {
      kind: "completed",
      answer: {
        state: "completed",
        text: "Let me see. Done, as you asked.",
        calls: [answered],
        notices: [notice],
      },
    },
  ] as const;
  return bodies.map((body, at) => ({ turnId, seq: at + 1, at: 1_000 + at, ...body }));
}

/** A small repeatable source of chance (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A turn that was given up after some words. */
export function failingEvents(turnId = "turn-1"): readonly TurnEvent[] {
  const failure = { text: "The model did not answer.", retryable: true };
  const bodies = [
    { kind: "started", conversationId: "conversation-1" },
    { kind: "text", text: "I am " },
    { kind: "text", text: "about " },
    { kind: "called", call: aCall({ result: null, receipt: null }) },
    { kind: "returned", call: aCall() },
    { kind: "failed", failure, calls: [aCall()] },
  ] as const;
  return bodies.map((body, at) => ({ turnId, seq: at + 1, at: 1_000 + at, ...body }));
}
