// @vitest-environment node
// A conversation: pages, live turns, and how they come together.

import { describe, expect, it } from "vitest";
import { aMessage, aReceipt, aCall, askingEvents, aTurn, chance, failingEvents, someEvents } from "../test-data";
import type { Approval, Message, Page, TurnEvent, TurnState } from "./model";
import { Problem } from "./problem";
import * as threads from "./thread";

const page = (items: readonly Message[], next: string | null = null): Page<Message> => ({ items, next });
const turns = (...ids: string[]) => ids.flatMap((id) => aTurn(id));
const opened = (items: readonly Message[], next: string | null = null) =>
  threads.latestLoaded(threads.emptyThread("conversation-1"), page(items, next));

describe("loading", () => {
  it("shows the latest page, then older ones in front", () => {
    const first = opened(turns("3", "4"), "older");
    expect(first).toMatchObject({ load: "ready", older: "older", order: ["3", "4"], prepended: false });
    const second = threads.olderLoaded(first, page(turns("1", "2")));
    expect(second).toMatchObject({ older: null, order: ["1", "2", "3", "4"], prepended: true });
    expect(second.rows.map((row) => row.key)).toEqual(
      ["1", "2", "3", "4"].flatMap((id) => [`${id}:said`, `${id}:reply`]),
    );
  });

  it("puts a turn together that two pages share", () => {
    const [question, answer] = aTurn("2");
    const first = opened([answer, ...aTurn("3")] as Message[], "older");
    expect(threads.turnOf(first, "2")?.said).toBeNull();
    const whole = threads.olderLoaded(first, page([...aTurn("1"), question] as Message[]));
    expect(whole.order).toEqual(["1", "2", "3"]);
    expect(threads.turnOf(whole, "2")).toMatchObject({
      said: { text: "Question 2" },
      text: "Answer 2",
      phase: "completed",
    });
  });

  it("catches up with new turns and keeps what is loaded", () => {
    const first = threads.olderLoaded(opened(turns("2", "3"), "x"), page(turns("1"), "y"));
    const later = threads.latestLoaded(first, page(turns("3", "4"), "z"));
    expect(later).toMatchObject({ order: ["1", "2", "3", "4"], older: "y" });
  });

  it("starts afresh when more has happened than one page holds", () => {
    const later = threads.latestLoaded(opened(turns("1", "2")), page(turns("8", "9"), "z"));
    expect(later).toMatchObject({ order: ["8", "9"], older: "z" });
  });

  it("does not put what was said long ago behind what is newest", () => {
    const thread = threads.receive(threads.say(opened(turns("1")), "request-1", "Hello", 5), "request-1", someEvents());
    const waiting = threads.say(thread, "request-2", "And?", 6);
    const later = threads.latestLoaded(waiting, page(turns("8", "9"), "z"));
    expect(later.order).toEqual(["8", "9", "request-2"]);
  });

  it("tells how many rows fill a window, and that there are too few", () => {
    const thread = opened(turns("1", "2", "3", "4"));
    expect(threads.screenful(thread, 200)).toBe(3);
    expect(threads.screenful(thread, 10_000)).toBe(Infinity);
    const [question, answer] = aTurn("5") as [Message, Message];
    const long = opened([...turns("4"), question, { ...answer, content: "One\n\n- two\n- three\n\nfour" }]);
    expect(threads.screenful(long, 200)).toBe(2);
    expect(threads.usualHeight(long)).toBe(75);
  });

  it("learns which receipts were undone elsewhere", () => {
    const undone = aCall({ receipt: aReceipt({ undoneBy: "op-2", undoable: false }) });
    const [question, answer] = aTurn("1") as [Message, Message];
    const first = opened([question, { ...answer, calls: [aCall()] }]);
    const later = threads.latestLoaded(first, page([question, { ...answer, calls: [undone] }]));
    expect(threads.turnOf(later, "1")?.calls).toEqual([undone]);
  });

  it("follows a turn that still runs from its first event", () => {
    const [question, answer] = aTurn("turn-1") as [Message, Message];
    const thread = opened([
      { ...question, state: "running" },
      { ...answer, state: "running", content: "Let me" },
    ]);
    expect(threads.pending(thread)).toMatchObject({ key: "turn-1", text: "", lastSeq: 0 });
    const whole = threads.receive(thread, "turn-1", someEvents());
    expect(threads.pending(whole)).toBeUndefined();
    expect(threads.turnOf(whole, "turn-1")?.text).toBe("Let me see. Done, as you asked.");
  });

  it("shows what a failed turn had said, and its failure", () => {
    const failure = { text: "No model.", retryable: false };
    const thread = opened([aMessage({ role: "assistant", state: "failed", content: "I am about ", failure })]);
    expect(threads.turnOf(thread, "turn-1")).toMatchObject({ text: "I am about ", failure });
  });
});

describe("sending", () => {
  it("shows the message at once and takes its conversation from the first event", () => {
    const said = threads.say(threads.emptyThread(null), "request-1", "Hello", 5);
    expect(said.rows.map((row) => row.key)).toEqual(["request-1:said", "request-1:reply"]);
    expect(threads.turnOf(said, "request-1")?.phase).toBe("sending");
    const whole = threads.receive(said, "request-1", someEvents());
    expect(whole).toMatchObject({ conversationId: "conversation-1", load: "ready", live: {} });
    // The same rows: nothing is mounted anew when a message is stored.
    expect(whole.rows).toBe(said.rows);
  });

  it("does not double a turn that a page has, too", () => {
    let thread = threads.say(opened(turns("1")), "request-1", "Hello", 5);
    thread = threads.receive(thread, "request-1", someEvents().slice(0, 3));
    const [question, answer] = aTurn("turn-1") as [Message, Message];
    const live = threads.latestLoaded(thread, page([...turns("1"), { ...question, state: "running" }, { ...answer, state: "running" }]));
    expect(live.order).toEqual(["1", "request-1"]);
    expect(threads.turnOf(live, "request-1")).toMatchObject({ lastSeq: 3, text: "Let me see. " });
    const ended = threads.latestLoaded(live, page([...turns("1"), question, answer]));
    expect(threads.turnOf(ended, "request-1")).toMatchObject({ phase: "completed", text: "Answer turn-1" });
    // Late events of the stream it was followed on change nothing.
    expect(threads.receive(ended, "request-1", someEvents())).toBe(ended);
  });

  it("keeps a message that is on its way when a page comes", () => {
    const early = threads.say(threads.emptyThread("conversation-1"), "request-1", "Hello", 5);
    const thread = threads.latestLoaded(early, page(turns("1", "2")));
    expect(thread.order).toEqual(["1", "2", "request-1"]);
  });

  it("holds later messages back, and lets an unsent one be taken out", () => {
    let thread = threads.say(threads.emptyThread(null), "a", "First", 1);
    thread = threads.say(thread, "b", "Second", 2);
    expect(threads.turnOf(thread, "b")?.phase).toBe("waiting");
    thread = threads.setPhase(thread, "a", "unsent", new Problem("unreachable", "Gone."));
    // It goes out again by itself, and the next one must not overtake it.
    expect([threads.pending(thread), threads.isStuck(thread)]).toEqual([undefined, true]);
    thread = threads.setPhase(thread, "a", "unsent", new Problem("invalid", "No."));
    expect(threads.pending(thread)?.key).toBe("b");
    thread = threads.unsay(thread, "a");
    expect(thread.order).toEqual(["b"]);
  });

  it("knows its turn from a heartbeat", () => {
    const thread = threads.say(threads.emptyThread(null), "a", "First", 1);
    const known = threads.identified(thread, "a", "turn-1");
    expect(threads.turnOf(known, "a")).toMatchObject({ turnId: "turn-1", phase: "queued" });
    expect(threads.unsay(known, "a")).toBe(known);
  });

  it("lets a message by while a turn waits for the person", () => {
    let thread = threads.say(threads.emptyThread(null), "a", "Delete all", 1);
    thread = threads.say(thread, "b", "yes", 2);
    expect(threads.nextBeside(thread, "a")).toBeUndefined();
    thread = threads.receive(thread, "a", askingEvents("approved").slice(0, 3));
    expect(threads.nextBeside(thread, "a")?.key).toBe("b");
    thread = threads.setPhase(thread, "b", "sending");
    const answer = { state: "completed", text: "Approved.", calls: [], notices: [] } as const;
    const decided = threads.withAnswer(thread, "b", "turn-2", answer, 9);
    expect(threads.turnOf(decided, "b")).toMatchObject({ phase: "completed", text: "Approved.", turnId: "turn-2" });
    expect(threads.pending(decided)?.key).toBe("a");
    // Anything else is queued behind it, and followed in its turn.
    const queued = threads.withAnswer(thread, "b", "turn-2", { ...answer, state: "queued" }, 9);
    expect(threads.turnOf(queued, "b")).toMatchObject({ phase: "queued", turnId: "turn-2" });
  });

  it("is there once when a page has brought its turn in before the server's answer", () => {
    const answer = { state: "completed", text: "Approved.", calls: [], notices: [] } as const;
    let thread = threads.say(opened(turns("1")), "request-1", "yes", 5);
    thread = threads.latestLoaded(thread, page(turns("1", "turn-2", "3")));
    expect(thread.order).toEqual(["1", "turn-2", "3", "request-1"]);
    const known = threads.identified(thread, "request-1", "turn-2");
    expect([known.order, Object.keys(known.live)]).toEqual([["1", "request-1", "3"], []]);
    expect(threads.turnOf(known, "request-1")).toMatchObject({ text: "Answer turn-2", requestId: "request-1" });
    const answered = threads.withAnswer(thread, "request-1", "turn-2", answer, 9);
    expect([answered.order, answered.rows.length]).toEqual([["1", "request-1", "3"], 6]);
  });

  it("adds a repeated turn once", () => {
    const again = { turnId: "turn-9", state: "queued", at: 7 } as const;
    const thread = threads.repeated(opened(turns("1")), "1", again);
    expect(thread.order).toEqual(["1", "turn-9"]);
    expect(threads.pending(thread)).toMatchObject({ key: "turn-9", said: { text: "Question 1", at: 7 } });
    expect(threads.repeated(thread, "1", again)).toBe(thread);
  });

  it("is settled when it can no longer be followed", () => {
    let thread = threads.say(threads.emptyThread(null), "a", "First", 1);
    thread = threads.abandoned(thread, "a", new Problem("not_found", "Turn not found."));
    expect(threads.pending(thread)).toBeUndefined();
    expect(threads.turnOf(thread, "a")?.phase).toBe("interrupted");
  });

  it("is whole again once it has ended on the server and is read anew", () => {
    let thread = threads.say(threads.emptyThread("conversation-1"), "a", "Hello", 500);
    thread = threads.receive(thread, "a", someEvents().slice(0, 2));
    thread = threads.abandoned(thread, "a", new Problem("exhausted", "Too many streams."));
    // Not while it still runs there.
    const early = threads.latestLoaded(thread, page(listed("Hello", someEvents().slice(0, 3))));
    expect(threads.turnOf(early, "a")).toMatchObject({ phase: "interrupted", text: "Let me see. " });
    const whole = threads.latestLoaded(early, page(listed("Hello", someEvents())));
    expect(threads.turnOf(whole, "a")).toMatchObject({
      phase: "completed",
      text: "Let me see. Done, as you asked.",
      problem: null,
      key: "a",
      requestId: "a",
    });
  });
});

/** What the server lists of a turn once these events have happened. */
function listed(said: string, events: readonly TurnEvent[]): readonly Message[] {
  const last = events.at(-1);
  const calls = new Map<string, ReturnType<typeof aCall>>();
  const approvals = new Map<string, Approval>();
  const notices: Message["notices"][number][] = [];
  let text = "";
  for (const event of events) {
    if (event.kind === "text") text += event.text;
    if (event.kind === "called" || event.kind === "returned") calls.set(event.call.id, event.call);
    if (event.kind === "approval") approvals.set(event.approval.id, event.approval);
    if (event.kind === "notice") notices.push(event.notice);
  }
  const waits = [...approvals.values()].some((approval) => approval.state === "pending");
  const state: TurnState =
    last?.kind === "completed" ? last.answer.state : last?.kind === "failed" ? "failed" : waits ? "waiting_for_approval" : "running";
  const turnId = last?.turnId ?? "turn-1";
  const answer = aMessage({
    id: "a",
    role: "assistant",
    turnId,
    state,
    content: text,
    calls: [...calls.values()],
    approvals: [...approvals.values()],
    notices,
    failure: last?.kind === "failed" ? last.failure : null,
    at: last?.at ?? 0,
  });
  return [aMessage({ id: "q", turnId, state, content: said, at: 500 }), answer];
}

/** All of a turn that is drawn. */
function drawn(thread: threads.Thread) {
  return thread.order.map((key) => {
    const turn = threads.turnOf(thread, key);
    const { said, phase, text, calls, approvals, notices, failure, problem, endedAt, turnId } = turn ?? {};
    return { said: said?.text, phase, text, calls, approvals, notices, failure, problem, endedAt, turnId };
  });
}

describe("a turn that was seen live", () => {
  it.each([
    ["with a tool call", someEvents()],
    ["that was approved", askingEvents("approved")],
    ["that was denied", askingEvents("denied")],
    ["that nobody answered", askingEvents("expired")],
    ["that failed", failingEvents()],
  ])("%s is drawn as by a page that is loaded afterwards, over any connections", (_name, events) => {
    const fresh = drawn(opened(listed("Hello", events)));
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = chance(seed);
      const upTo = (count: number) => Math.floor(random() * count);
      // Sent from here, or come upon while it was under way.
      const mine = random() < 0.5;
      let thread = mine
        ? threads.say(threads.emptyThread(null), "request-1", "Hello", 500)
        : opened(listed("Hello", events.slice(0, 1 + upTo(events.length))));
      // A page may bring it in before its sender has heard which one it is.
      if (mine && random() < 0.5) {
        thread = threads.latestLoaded(thread, page(listed("Hello", events.slice(0, 1 + upTo(events.length)))));
      }
      if (mine) thread = threads.identified(thread, "request-1", "turn-1");
      const key = mine ? "request-1" : "turn-1";
      while (threads.turnOf(thread, key)?.endedAt === null) {
        const known = threads.turnOf(thread, key)?.lastSeq ?? 0;
        // A connection begins at or before what is known, repeats, leaves gaps, and breaks off anywhere.
        const from = upTo(known + 2);
        const until = from + upTo(events.length + 1);
        const some = events.slice(from, until).flatMap((event) => (random() < 0.3 ? [event, event] : [event]));
        const cut = upTo(some.length + 1);
        // Folded in one frame or two.
        thread = threads.receive(thread, key, some.slice(0, cut));
        thread = threads.receive(thread, key, some.slice(cut));
        // Another tab, or a look at the window, has the page read again at any time.
        if (random() < 0.2) {
          const here = events.slice(0, Math.max(1, threads.turnOf(thread, key)?.lastSeq ?? 0));
          thread = threads.latestLoaded(thread, page(listed("Hello", here)));
        }
      }
      thread = threads.latestLoaded(thread, page(listed("Hello", events)));
      expect(drawn(thread)).toEqual(fresh);
      expect(thread.rows.map((row) => row.part)).toEqual(["said", "reply"]);
    }
  });
});
