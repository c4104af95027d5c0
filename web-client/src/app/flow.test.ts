// A conversation in motion over connections that fail.

import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Sending } from "../api/turns";
import type { Answer, TurnEvent } from "../state/model";
import { kept } from "../state/kept";
import { Outbox } from "../state/outbox";
import { Problem } from "../state/problem";
import { isStuck, mayLoadOlder, turnOf } from "../state/thread";
import { askingEvents, aTurn, someEvents } from "../test-data";
import { Flow } from "./flow";

const EVENTS = someEvents();
const APPROVED: Answer = {
  state: "completed",
  text: "Approved.",
  calls: [],
  notices: [],
};
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
  const delivered: Sending[] = [];
  let word: Answer | Problem = APPROVED;
  const failures: string[] = [];
  const messages = vi.fn(() => Promise.resolve({ items: aTurn("0"), next: null }));
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
  const outbox = new Outbox(kept, "ada", "tab");
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
          deliver: (sending: Sending) => {
            delivered.push(sending);
            return word instanceof Problem ? Promise.reject(word) : Promise.resolve({ turnId: "turn-2", answer: word });
          },
          retry: () => Promise.resolve({ turnId: "turn-9", state: "queued", at: 1 }),
          decide: () => Promise.reject(CUT),
          conversationOf: () => Promise.reject(CUT),
          undo: () => Promise.reject(CUT),
          redo: () => Promise.reject(CUT),
        },
        conversations: {
          messages,
          list: () => Promise.reject(CUT),
          get: () => Promise.reject(CUT),
          rename: () => Promise.reject(CUT),
          delete: () => Promise.reject(CUT),
          restore: () => Promise.reject(CUT),
          search: () => Promise.reject(CUT),
        },
      },
      outbox,
      timeZone: () => "UTC",
      named: (_flow, id) => named.push(id),
      moved: () => {},
      receipt: (receipt) => receipts.push(receipt.operationId),
      failed: (problem) => failures.push(problem.message),
    },
    null,
  );
  const last = () => turnOf(flow.thread.get(), flow.thread.get().order.at(-1) ?? "");
  const answering = (given: Answer | Problem) => {
    word = given;
  };
  return { flow, calls, receipts, named, cancel, outbox, last, delivered, answering, failures, messages };
}

beforeEach(() => {
  vi.useFakeTimers();
  // Frames are a browser's; here they are timers.
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => setTimeout(run, 16));
  vi.stubGlobal("cancelAnimationFrame", (id: number) => clearTimeout(id));
});

const settle = () => vi.advanceTimersByTimeAsync(60_000);
const soon = () => vi.advanceTimersByTimeAsync(100);

describe("Flow", () => {
  it("sends, follows and tells what happened", async () => {
    const { flow, calls, receipts, named, outbox, last } = harness([{ events: EVENTS }]);
    flow.writing.draft.update(() => "next draft");
    flow.say("Add Buy groceries");
    expect(outbox.mine()).toHaveLength(1);
    await settle();
    expect(last()).toMatchObject({ phase: "completed", text: "Let me see. Done, as you asked." });
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({ message: "Add Buy groceries", conversationId: null, requestId: last()?.key });
    expect({ receipts, named }).toEqual({ receipts: ["op-1"], named: ["conversation-1"] });
    expect(outbox.mine()).toEqual([]);
    expect([outbox.draft(null).text, outbox.draft("conversation-1").text]).toEqual(["", "next draft"]);
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
    await soon();
    expect(last()).toMatchObject({ phase: "unsent", problem: CUT });
    expect(outbox.mine()).toHaveLength(1);
    flow.resend(last()?.key ?? "");
    flow.resend(last()?.key ?? "");
    await settle();
    expect(last()?.phase).toBe("completed");
    expect(calls).toHaveLength(2);
    expect((calls[0] as Sending).requestId).toBe((calls[1] as Sending).requestId);
  });

  it("sends by itself what was held up, in the order in which it was said", async () => {
    const second = EVENTS.map((event) => ({ ...event, turnId: "turn-2" }));
    const { flow, calls, outbox } = harness([
      { events: [], end: CUT },
      { events: [], end: CUT },
      { events: EVENTS },
      { events: second },
    ]);
    flow.say("First");
    await soon();
    flow.say("Second");
    await soon();
    expect(isStuck(flow.thread.get())).toBe(true);
    expect(outbox.mine().map((entry) => entry.text)).toEqual(["First", "Second"]);
    await settle();
    expect(calls.map((call) => (call as Sending).message)).toEqual(["First", "First", "First", "Second"]);
    expect(new Set(calls.map((call) => (call as Sending).requestId)).size).toBe(2);
    expect([outbox.mine(), flow.busy]).toEqual([[], false]);
  });

  it("tries what was held up at once when the browser is online again", async () => {
    const { flow, calls, last } = harness([{ events: [], end: CUT }, { events: EVENTS }]);
    flow.say("First");
    await soon();
    flow.reconnect();
    await soon();
    expect([calls.length, last()?.phase]).toEqual([2, "completed"]);
  });

  it("lets a message that was refused not hold up the next", async () => {
    const refused = new Problem("invalid", "No.");
    const { flow, calls, last } = harness([{ events: [], end: refused }, { events: EVENTS }]);
    flow.say("First");
    await soon();
    flow.say("Second");
    await settle();
    expect([calls.length, last()?.phase]).toEqual([2, "completed"]);
  });

  it("remembers where the rest of a conversation goes that had no id when it was written", async () => {
    const { flow, outbox } = harness([{ events: EVENTS.slice(0, 2), open: true }]);
    flow.say("First");
    flow.say("Second");
    await soon();
    expect(outbox.mine()).toMatchObject([{ text: "Second", conversationId: "conversation-1", place: flow.place }]);
  });

  it("gives the text back when it is not to be sent after all", async () => {
    const { flow, outbox, last } = harness([{ events: [], end: CUT }]);
    flow.say("Add Buy groceries");
    await soon();
    expect(flow.discard(last()?.key ?? "")).toBe("Add Buy groceries");
    expect(flow.thread.get().order).toEqual([]);
    expect(outbox.mine()).toEqual([]);
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

  it("brings the person's word to a turn that waits for it, and goes on following", async () => {
    const events = askingEvents("approved");
    const { flow, calls, delivered, outbox, last } = harness([
      { events: events.slice(0, 3), open: true },
      { events: events.slice(3) },
    ]);
    flow.say("Delete all");
    await vi.advanceTimersByTimeAsync(100);
    expect(last()?.phase).toBe("waiting_for_approval");
    flow.say("yes");
    await vi.advanceTimersByTimeAsync(100);
    expect(delivered).toMatchObject([{ message: "yes", conversationId: "conversation-1", requestId: last()?.key }]);
    expect(last()).toMatchObject({ phase: "completed", text: "Approved.", turnId: "turn-2" });
    expect(outbox.mine()).toEqual([]);
    await settle();
    const { order } = flow.thread.get();
    expect(turnOf(flow.thread.get(), order[0] ?? "")).toMatchObject({ phase: "completed", text: "So be it." });
    // The word was sent once, and never as a stream.
    expect([calls.length, delivered.length]).toEqual([2, 1]);
  });

  it("follows what else was said meanwhile in its turn", async () => {
    const events = askingEvents("denied");
    const second = EVENTS.map((event) => ({ ...event, turnId: "turn-2" }));
    const { flow, calls, answering, last } = harness([
      { events: events.slice(0, 3), open: true },
      { events: events.slice(3) },
      { events: second },
    ]);
    answering({ ...APPROVED, state: "queued", text: "" });
    flow.say("Delete all");
    await vi.advanceTimersByTimeAsync(100);
    flow.say("What would you delete?");
    await vi.advanceTimersByTimeAsync(100);
    expect(last()).toMatchObject({ phase: "queued", turnId: "turn-2" });
    await settle();
    expect(calls.at(-1)).toEqual({ follow: "turn-2", after: 0 });
    expect(last()).toMatchObject({ phase: "completed", text: "Let me see. Done, as you asked." });
  });

  it("keeps a word that could not be brought, to be sent again", async () => {
    const { flow, delivered, answering, last } = harness([{ events: askingEvents("denied").slice(0, 3), open: true }]);
    answering(CUT);
    flow.say("Delete all");
    await vi.advanceTimersByTimeAsync(100);
    flow.say("no");
    await vi.advanceTimersByTimeAsync(100);
    expect(last()).toMatchObject({ phase: "unsent", problem: CUT });
    answering(APPROVED);
    flow.resend(last()?.key ?? "");
    await vi.advanceTimersByTimeAsync(100);
    expect(last()?.phase).toBe("completed");
    expect(delivered[0]?.requestId).toBe(delivered[1]?.requestId);
  });

  it("tries a turn again as the server's new turn, once", async () => {
    const failed: TurnEvent = {
      turnId: "turn-1",
      seq: 2,
      at: 5,
      kind: "failed",
      failure: { text: "No model.", retryable: true },
      calls: [],
    };
    const again = EVENTS.map((event) => ({ ...event, turnId: "turn-9" }));
    const { flow, calls, last, failures } = harness([{ events: [EVENTS[0] as TurnEvent, failed] }, { events: again }]);
    flow.say("Add Buy groceries");
    await settle();
    const key = last()?.key ?? "";
    await flow.retry(key);
    await settle();
    expect(calls.at(-1)).toEqual({ follow: "turn-9", after: 0 });
    expect(last()).toMatchObject({ key: "turn-9", phase: "completed", said: { text: "Add Buy groceries" } });
    await flow.retry(key);
    expect(flow.thread.get().order).toHaveLength(2);
    expect(failures).toEqual(["This was tried again already, further down."]);
  });

  it("tries older messages again that cannot be read when the network is back, and not before", async () => {
    const { flow, messages, failures } = harness([]);
    const now = () => flow.thread.get();
    flow.thread.update((thread) => ({ ...thread, conversationId: "c1", load: "ready", older: "before" }));
    messages.mockRejectedValueOnce(CUT);
    await flow.loadOlder();
    expect([mayLoadOlder(now()), now().olderProblem, failures]).toEqual([false, CUT, []]);
    flow.reconnect();
    expect(mayLoadOlder(now())).toBe(true);
    await flow.loadOlder();
    expect(now()).toMatchObject({ older: null, olderProblem: null, order: ["0"] });
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
