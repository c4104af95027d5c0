// A conversation in motion over connections that fail.

import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Sending } from "../api/turns";
import type { TurnEvent } from "../state/model";
import { Outbox } from "../state/outbox";
import { Problem } from "../state/problem";
import { turnOf } from "../state/thread";
import { aTurn, someEvents } from "../test-data";
import { Flow } from "./flow";

const EVENTS = someEvents();
const CUT = new Problem("unreachable", "Gone.");

/** What one connection does: events, then an end of some kind. */
interface Connection {
  readonly events: readonly TurnEvent[];
  readonly end?: Problem;
  /** Stays open until it is aborted. */
  readonly open?: boolean;
}

function harness(connections: Connection[]) {
  const calls: (Sending | { follow: string; after: number })[] = [];
  const receipts: string[] = [];
  const named: string[] = [];
  const cancel = vi.fn(() => Promise.resolve());
  async function* next(signal: AbortSignal): AsyncGenerator<TurnEvent> {
    const connection = connections.shift();
    if (connection === undefined) throw new Problem("internal", "One connection too many.");
    for (const event of connection.events) {
      await Promise.resolve();
      yield event;
    }
    if (connection.end !== undefined) throw connection.end;
    if (connection.open === true) {
      await new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Problem("cancelled", "Stopped.")));
      });
    }
  }
  const outbox = new Outbox(localStorage, "ada", "tab");
  const flow = new Flow(
    {
      api: {
        turns: {
          send: (sending: Sending, signal: AbortSignal) => {
            calls.push(sending);
            return next(signal);
          },
          follow: (turnId: string, after: number, signal: AbortSignal, onOpen: () => void) => {
            calls.push({ follow: turnId, after });
            onOpen();
            return next(signal);
          },
          cancel,
        },
        conversations: {
          messages: () => Promise.resolve({ items: aTurn("0"), next: null }),
          list: () => Promise.reject(CUT),
          rename: () => Promise.reject(CUT),
          delete: () => Promise.reject(CUT),
        },
      },
      outbox,
      timeZone: "UTC",
      named: (_flow, id) => named.push(id),
      moved: () => {},
      receipt: (receipt) => receipts.push(receipt.operationId),
      failed: () => {},
    },
    null,
  );
  const last = () => turnOf(flow.thread.get(), flow.thread.get().order.at(-1) ?? "");
  return { flow, calls, receipts, named, cancel, outbox, last };
}

beforeEach(() => {
  vi.useFakeTimers();
  // Frames are a browser's; here they are timers.
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => setTimeout(run, 16));
  vi.stubGlobal("cancelAnimationFrame", (id: number) => clearTimeout(id));
});

const settle = () => vi.advanceTimersByTimeAsync(60_000);

describe("Flow", () => {
  it("sends, follows and tells what happened", async () => {
    const { flow, calls, receipts, named, outbox, last } = harness([{ events: EVENTS }]);
    flow.draft.update(() => "next draft");
    flow.say("Add Buy groceries");
    expect(outbox.mine(Date.now())).toHaveLength(1);
    await settle();
    expect(last()).toMatchObject({ phase: "completed", text: "Let me see. Done, as you asked." });
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({ message: "Add Buy groceries", conversationId: null, requestId: last()?.key });
    expect({ receipts, named }).toEqual({ receipts: ["op-1"], named: ["conversation-1"] });
    expect(outbox.mine(Date.now())).toEqual([]);
    expect([outbox.draft(null), outbox.draft("conversation-1")]).toEqual(["", "next draft"]);
  });

  it("goes on after the last event it has, however a connection ends", async () => {
    const { flow, calls, last } = harness([
      { events: EVENTS.slice(0, 3), end: CUT },
      { events: [] },
      { events: [], end: new Problem("unavailable", "Down.") },
      // Repeats some, then ends cleanly without a last event.
      { events: EVENTS.slice(1, 6) },
      // Leaves a gap: nothing of it may be taken.
      { events: EVENTS.slice(7), open: true },
      { events: EVENTS.slice(6) },
    ]);
    flow.say("Add Buy groceries");
    await settle();
    expect(last()).toMatchObject({ phase: "completed", lastSeq: EVENTS.length });
    expect(calls.slice(1)).toEqual([3, 3, 3, 6, 6].map((after) => ({ follow: "turn-1", after })));
    expect(flow.thread.get().reconnecting).toBe(false);
  });

  it("gives up a silent connection", async () => {
    const { flow, last } = harness([{ events: EVENTS.slice(0, 3), open: true }, { events: EVENTS.slice(3) }]);
    flow.say("Add Buy groceries");
    await settle();
    expect(last()?.phase).toBe("completed");
  });

  it("shows what could not be sent, and sends it again as the same request", async () => {
    const { flow, calls, outbox, last } = harness([{ events: [], end: CUT }, { events: EVENTS }]);
    flow.say("Add Buy groceries");
    await settle();
    expect(last()).toMatchObject({ phase: "unsent", problem: CUT });
    expect(outbox.mine(Date.now())).toHaveLength(1);
    flow.resend(last()?.key ?? "");
    flow.resend(last()?.key ?? "");
    await settle();
    expect(last()?.phase).toBe("completed");
    expect(calls).toHaveLength(2);
    expect((calls[0] as Sending).requestId).toBe((calls[1] as Sending).requestId);
  });

  it("gives the text back when it is not to be sent after all", async () => {
    const { flow, outbox, last } = harness([{ events: [], end: CUT }]);
    flow.say("Add Buy groceries");
    await settle();
    expect(flow.discard(last()?.key ?? "")).toBe("Add Buy groceries");
    expect(flow.thread.get().order).toEqual([]);
    expect(outbox.mine(Date.now())).toEqual([]);
  });

  it("sends one message after the other", async () => {
    const second = EVENTS.map((event) => ({ ...event, turnId: "turn-2" }));
    const { flow, calls } = harness([{ events: EVENTS }, { events: second }]);
    flow.say("First");
    flow.say("Second");
    await settle();
    expect(calls.map((call) => (call as Sending).message)).toEqual(["First", "Second"]);
    // By then the conversation has a name.
    expect((calls[1] as Sending).conversationId).toBe("conversation-1");
  });

  it("stops a turn as soon as it knows which one it is", async () => {
    const { flow, cancel } = harness([{ events: EVENTS.slice(0, 2), open: true }, { events: EVENTS.slice(2) }]);
    flow.say("Add Buy groceries");
    flow.stop();
    expect(cancel).not.toHaveBeenCalled();
    await settle();
    expect(cancel).toHaveBeenCalledExactlyOnceWith("turn-1");
    expect(flow.thread.get().stopping).toBeNull();
  });

  it("ends a turn that is not there any more", async () => {
    const { flow, last } = harness([
      { events: EVENTS.slice(0, 2), end: CUT },
      { events: [], end: new Problem("not_found", "Turn not found.") },
    ]);
    flow.say("Add Buy groceries");
    await settle();
    expect(last()).toMatchObject({ phase: "interrupted", text: "Let me see. " });
  });

  it("says nothing more once it is disposed of", async () => {
    const { flow, calls } = harness([{ events: EVENTS.slice(0, 2), end: CUT }]);
    flow.say("Add Buy groceries");
    await vi.advanceTimersByTimeAsync(50);
    flow.dispose();
    await settle();
    expect(calls).toHaveLength(1);
  });
});
