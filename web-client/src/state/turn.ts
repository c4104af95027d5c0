// One turn as the page shows it, and how events fold into it.
//
// Invariant: however a turn's events arrive (split, repeated, replayed after a reconnection), the
// same events give the same turn. `lastSeq` is the whole memory that this takes.

import type { Approval, Failure, Notice, ToolCall, TurnEvent, TurnState } from "./model";
import type { Problem } from "./problem";

/**
 * Where a turn stands for the person.
 * - `waiting`: written here, held back until the turn before it has ended;
 * - `sending`: on its way, not known to be stored;
 * - `unsent`: could not be sent, `problem` says why; the same request id makes a retry safe.
 */
export type Phase = "waiting" | "sending" | "unsent" | TurnState;

export interface Turn {
  /** Stays the same for the life of the page: the request id of a turn sent here, else its id. */
  readonly key: string;
  /** Set on turns that were sent from here. */
  readonly requestId: string | null;
  /** `null` until the server has said it. */
  readonly turnId: string | null;
  /** What the person said; `null` while that half is on a page not loaded yet. */
  readonly said: { readonly text: string; readonly at: number } | null;
  readonly phase: Phase;
  /** The answer's text so far. */
  readonly text: string;
  readonly calls: readonly ToolCall[];
  /** What the person was asked, in that order; as far as this page has seen it. */
  readonly approvals: readonly Approval[];
  readonly notices: readonly Notice[];
  readonly failure: Failure | null;
  readonly problem: Problem | null;
  /** Number of the newest event folded in. */
  readonly lastSeq: number;
  /** When the answer was complete; `null` before. */
  readonly endedAt: number | null;
}

export function isFinal(phase: Phase): boolean {
  return (
    phase === "completed" || phase === "failed" || phase === "cancelled" || phase === "interrupted"
  );
}

/** A turn that has just been written by the person. */
export function written(requestId: string, text: string, at: number, phase: Phase): Turn {
  return {
    key: requestId,
    requestId,
    turnId: null,
    said: { text, at },
    phase,
    text: "",
    calls: [],
    approvals: [],
    notices: [],
    failure: null,
    problem: null,
    lastSeq: 0,
    endedAt: null,
  };
}

/** The turn after one more event. An event folded before, a heartbeat and an early one change nothing. */
export function fold(turn: Turn, event: TurnEvent): Turn {
  if (event.seq !== turn.lastSeq + 1) return turn;
  const next: Turn = { ...turn, lastSeq: event.seq, turnId: event.turnId, problem: null };
  switch (event.kind) {
    case "started":
      return { ...next, phase: "running" };
    case "text":
      return { ...next, phase: "running", text: turn.text + event.text };
    case "called":
    case "returned":
      return { ...next, phase: "running", calls: withCall(turn.calls, event.call) };
    case "approval": {
      const phase = event.approval.state === "pending" ? "waiting_for_approval" : "running";
      return { ...next, phase, approvals: withApproval(turn.approvals, event.approval) };
    }
    case "notice":
      return { ...next, notices: [...turn.notices, event.notice] };
    case "completed":
      return {
        ...next,
        phase: event.answer.state,
        text: event.answer.text,
        calls: event.answer.calls,
        notices: event.answer.notices,
        endedAt: event.at,
      };
    case "failed":
      return {
        ...next,
        phase: "failed",
        calls: event.calls.length > 0 ? event.calls : turn.calls,
        failure: event.failure,
        endedAt: event.at,
      };
    case "heartbeat":
    case "unknown":
      return next;
  }
}

/** The calls that are more than a question: those nobody has to allow, and those that were allowed. */
export function ownCalls(turn: Turn): readonly ToolCall[] {
  const asked = turn.approvals.filter((approval) => approval.state !== "approved");
  if (asked.length === 0) return turn.calls;
  const ids = new Set(asked.flatMap((approval) => approval.calls.map((call) => call.id)));
  return turn.calls.filter((call) => !ids.has(call.id));
}

function withApproval(approvals: readonly Approval[], approval: Approval): readonly Approval[] {
  const known = approvals.some((each) => each.id === approval.id);
  if (!known) return [...approvals, approval];
  return approvals.map((each) => (each.id === approval.id ? approval : each));
}

function withCall(calls: readonly ToolCall[], call: ToolCall): readonly ToolCall[] {
  const known = calls.some((each) => each.id === call.id);
  if (!known) return [...calls, call];
  // The answer to a call may leave out what the call itself said.
  return calls.map((each) =>
    each.id === call.id
      ? { ...call, args: Object.keys(call.args).length > 0 ? call.args : each.args }
      : each,
  );
}
