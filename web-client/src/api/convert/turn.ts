// Turns, tool calls and messages: wire to words.

import type * as messageWire from "../../gen/taskchat/v1/message_pb";
import { MessageRole } from "../../gen/taskchat/v1/message_pb";
import * as wire from "../../gen/taskchat/v1/turn_pb";
import * as chat from "../../gen/taskchat/v1/chat_pb";
import type {
  Answer,
  Approval,
  ApprovalState,
  Failure,
  JsonObject,
  Message,
  Notice,
  OperationOutcome,
  Standing,
  ToolCall,
  TurnEvent,
  TurnState,
} from "../../state/model";
import { sentence } from "../errors";
import { receiptOf } from "./task";
import { instant } from "./time";

export function stateOf(state: wire.TurnState): TurnState {
  switch (state) {
    case wire.TurnState.QUEUED:
      return "queued";
    case wire.TurnState.RUNNING:
      return "running";
    case wire.TurnState.WAITING_FOR_APPROVAL:
      return "waiting_for_approval";
    case wire.TurnState.FAILED:
      return "failed";
    case wire.TurnState.CANCELLED:
      return "cancelled";
    case wire.TurnState.INTERRUPTED:
      return "interrupted";
    default:
      return "completed";
  }
}

function callOf(call: wire.ToolCall): ToolCall {
  return {
    id: call.id,
    tool: call.tool,
    args: (call.arguments ?? {}) as JsonObject,
    result: (call.result ?? null) as JsonObject | null,
    isError: call.isError,
    receipt: call.receipt === undefined ? null : receiptOf(call.receipt),
  };
}

const APPROVAL: Readonly<Record<wire.ApprovalState, ApprovalState>> = {
  // Nobody can answer what a newer server calls something else.
  [wire.ApprovalState.UNSPECIFIED]: "expired",
  [wire.ApprovalState.PENDING]: "pending",
  [wire.ApprovalState.APPROVED]: "approved",
  [wire.ApprovalState.DENIED]: "denied",
  [wire.ApprovalState.EXPIRED]: "expired",
};

export function approvalOf(approval: wire.Approval): Approval {
  return {
    id: approval.id,
    state: APPROVAL[approval.state] ?? "expired",
    text: approval.text,
    calls: approval.calls.map(callOf),
    expiresAt: instant(approval.expiresAt) ?? 0,
    decidedAt: instant(approval.decidedAt),
  };
}

export function outcomeOf(outcome: chat.OperationOutcome): OperationOutcome {
  const { operationId, field } = outcome;
  const receipt = outcome.receipt === undefined ? null : receiptOf(outcome.receipt);
  switch (outcome.kind) {
    case chat.OutcomeKind.UNDONE:
      return { operationId, kind: "undone", receipt, problem: "" };
    case chat.OutcomeKind.REDONE:
      return { operationId, kind: "redone", receipt, problem: "" };
    case chat.OutcomeKind.UNCHANGED:
      return { operationId, kind: "unchanged", receipt, problem: "" };
    default: {
      const words = sentence(outcome.problem);
      const name = field.replaceAll("_", " ");
      const named = [field, name].some((each) => words.toLowerCase().includes(each));
      return { operationId, kind: "conflict", receipt, problem: named ? words : `${words} (${name})` };
    }
  }
}

export function standingOf(turn: wire.Turn): Standing {
  return { turnId: turn.id, state: stateOf(turn.state), at: instant(turn.createdAt) ?? Date.now() };
}

function noticeOf(notice: wire.Notice): Notice {
  switch (notice.kind) {
    case wire.NoticeKind.ANSWERED_WITHOUT_AI:
      return { kind: "answered_without_ai", text: notice.text };
    case wire.NoticeKind.UNBACKED_CLAIM:
      return { kind: "unbacked_claim", text: notice.text };
    default:
      return { kind: "other", text: notice.text };
  }
}

function failureOf({ responseText: text, retryable }: wire.TurnFailure): Failure {
  return { text, retryable };
}

export function answerOf(answer: wire.ChatResponse): Answer {
  return {
    state: stateOf(answer.status),
    text: answer.responseText,
    calls: answer.toolCalls.map(callOf),
    notices: answer.notices.map(noticeOf),
  };
}

export function eventOf({ turnId, seq, time, event }: wire.TurnEvent): TurnEvent {
  const base = { turnId, seq, at: instant(time) ?? Date.now() };
  switch (event.case) {
    case "started":
      return { ...base, kind: "started", conversationId: event.value.conversationId };
    case "textDelta":
      return { ...base, kind: "text", text: event.value.text };
    case "toolCalled":
      return { ...base, kind: "called", call: callOf(event.value) };
    case "toolReturned":
      return { ...base, kind: "returned", call: callOf(event.value) };
    case "approvalRequested":
    case "approvalDecided":
      return { ...base, kind: "approval", approval: approvalOf(event.value) };
    case "notice":
      return { ...base, kind: "notice", notice: noticeOf(event.value) };
    case "heartbeat":
      return { ...base, kind: "heartbeat" };
    case "completed":
      return { ...base, kind: "completed", answer: answerOf(event.value) };
    case "failed":
      return { ...base, kind: "failed", failure: failureOf(event.value), calls: event.value.toolCalls.map(callOf) };
    default:
      return { ...base, kind: "unknown" };
  }
}

export function messageOf(message: messageWire.Message): Message {
  return {
    id: message.id,
    role: message.role === MessageRole.USER ? "user" : "assistant",
    content: message.content,
    calls: message.toolCalls.map(callOf),
    notices: message.notices.map(noticeOf),
    approvals: message.approvals.map(approvalOf),
    failure: message.failure === undefined ? null : failureOf(message.failure),
    at: instant(message.createdAt) ?? 0,
    turnId: message.turnId,
    state: stateOf(message.status),
  };
}
