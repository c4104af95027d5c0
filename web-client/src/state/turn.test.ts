// @vitest-environment node
// Folding events into a turn.

import { describe, expect, it } from "vitest";
import { aCall, askingEvents, chance, someEvents } from "../test-data";
import type { TurnEvent } from "./model";
import { fold, ownCalls, written } from "./turn";

const EVENTS = someEvents();
const START = written("request-1", "Add Buy groceries", 500, "sending");
const WHOLE = EVENTS.reduce(fold, START);

describe("fold", () => {
  it("ends with what the last event says", () => {
    expect(WHOLE).toMatchObject({
      phase: "completed",
      turnId: "turn-1",
      text: "Let me see. Done, as you asked.",
      calls: [aCall()],
      lastSeq: EVENTS.length,
    });
  });

  it("has the same text and calls just before the last event", () => {
    const almost = EVENTS.slice(0, -1).reduce(fold, START);
    expect(almost.phase).toBe("running");
    expect({ text: almost.text, calls: almost.calls, notices: almost.notices }).toEqual({
      text: WHOLE.text,
      calls: WHOLE.calls,
      notices: WHOLE.notices,
    });
  });

  it("keeps a call's arguments when its answer leaves them out", () => {
    const [started, , called] = EVENTS;
    const answer = { ...aCall(), args: {} };
    const events = [started, { ...called, seq: 2 }, { turnId: "turn-1", seq: 3, at: 9, kind: "returned", call: answer }];
    expect((events as TurnEvent[]).reduce(fold, START).calls[0]?.args).toEqual({ title: "Buy groceries" });
  });

  it("keeps what was done and said when the turn fails", () => {
    const failed: TurnEvent = {
      turnId: "turn-1",
      seq: 6,
      at: 9,
      kind: "failed",
      failure: { text: "The model did not answer.", retryable: true },
      calls: [],
    };
    const turn = [...EVENTS.slice(0, 5), failed].reduce(fold, START);
    expect(turn).toMatchObject({ phase: "failed", text: "Let me see. ", calls: [aCall()], endedAt: 9 });
  });

  it("passes over heartbeats, repeated events and early ones", () => {
    const heartbeat: TurnEvent = { turnId: "turn-1", seq: 0, at: 1, kind: "heartbeat" };
    expect(fold(START, heartbeat)).toBe(START);
    expect(EVENTS.reduce(fold, WHOLE)).toBe(WHOLE);
    const early = EVENTS[3] as TurnEvent;
    expect(fold(START, early)).toBe(START);
  });

  it("waits while the person is asked, and goes on after the answer", () => {
    const asking = askingEvents("approved").slice(0, 3).reduce(fold, START);
    expect(asking).toMatchObject({ phase: "waiting_for_approval", approvals: [{ state: "pending" }] });
    // What is only asked is not under way.
    expect(ownCalls(asking)).toEqual([]);
    const answered = askingEvents("approved").slice(0, 4).reduce(fold, START);
    expect(answered).toMatchObject({ phase: "running", approvals: [{ state: "approved", decidedAt: 5_000 }] });
    expect(ownCalls(answered)).toHaveLength(1);
    const denied = askingEvents("denied").reduce(fold, START);
    expect(denied).toMatchObject({ phase: "completed", approvals: [{ state: "denied" }] });
    expect(ownCalls(denied)).toEqual([]);
  });

  it.each([
    ["with a tool call", EVENTS],
    ["that was approved", askingEvents("approved")],
    ["that was denied", askingEvents("denied")],
    ["that nobody answered", askingEvents("expired")],
  ])("comes to the same turn %s over any connections", (_name, events) => {
    const whole = events.reduce(fold, START);
    for (let seed = 1; seed <= 500; seed += 1) {
      const random = chance(seed);
      let turn = START;
      while (turn.lastSeq < events.length) {
        // A connection starts at or before what is known, repeats at will, and breaks off anywhere.
        let at = Math.floor(random() * (turn.lastSeq + 1));
        const until = at + 1 + Math.floor(random() * events.length);
        for (; at < Math.min(until, events.length); at += 1) {
          const event = events[at] as TurnEvent;
          turn = fold(turn, event);
          if (random() < 0.3) turn = fold(turn, event);
          if (random() < 0.2) turn = fold(turn, { ...event, seq: 0, kind: "heartbeat" } as TurnEvent);
        }
      }
      expect(turn).toEqual(whole);
    }
  });
});
