// One conversation in motion: loads it, sends messages, follows turns, and puts everything into the
// thread. Goes on when its view is closed.
//
// Invariant: at most one stream at a time. Later messages wait their turn here, in the outbox, so
// that a busy conversation never takes all of the browser's connections. The exception is a turn that
// waits for the person's word, which the next message may be: it is delivered without a stream.

import type { Api } from "../api/api";
import type { Sending } from "../api/turns";
import type { Approval, Decision, Receipt, TurnEvent } from "../state/model";
import type { Outbox } from "../state/outbox";
import { Problem, problemOf } from "../state/problem";
import type { Spot } from "../state/spot";
import { createStore, type Store } from "../state/store";
import * as thread from "../state/thread";
import { isFinal, type Turn } from "../state/turn";
import { attempt, backOff, listen, pause } from "./connection";
import { Frames } from "./frame";
import { uuid } from "./uuid";
import { Writing } from "./writing";

export interface FlowHost {
  readonly api: Pick<Api, "turns" | "conversations">;
  readonly outbox: Outbox;
  /** The zone in which dates are read. */
  timeZone(): string;
  /** The first message has made the conversation. */
  named(flow: Flow, conversationId: string): void;
  /** A turn has begun or ended. */
  moved(flow: Flow): void;
  /** The system says that a task has changed. */
  receipt(receipt: Receipt): void;
  failed(problem: Problem): void;
}

interface Folded {
  readonly key: string;
  readonly event: TurnEvent;
}

/** How many older messages are read at once. */
const OLDER = 100;

export class Flow {
  private static count = 0;
  /** Tells conversations apart before they have an id. */
  readonly serial = Flow.count++;
  readonly thread: Store<thread.Thread>;
  readonly writing: Writing;
  private readonly frames: Frames<Folded>;
  private active: string | null = null;
  private delivering = false;
  private loading: Promise<void> | null = null;
  private prepared: Promise<void> | null = null;
  private loadingOlder: Promise<void> | null = null;
  /** Where the reader was when the view was left; `null` at the end. */
  spot: Spot | null = null;
  private refusals = 0;
  private resending: ReturnType<typeof setTimeout> | undefined;
  private readonly over = new AbortController();

  constructor(
    private readonly host: FlowHost,
    conversationId: string | null,
    /** Its name in the outbox until it has an id. */
    readonly place: string = uuid(),
  ) {
    this.thread = createStore(thread.emptyThread(conversationId));
    this.writing = new Writing(host.outbox.draft(conversationId), (draft) =>
      host.outbox.keepDraft(this.conversationId, draft),
    );
    this.frames = new Frames((items) => this.fold(items));
  }

  get conversationId(): string | null {
    return this.thread.get().conversationId;
  }

  /** True while something is on its way, held up, or being followed. */
  get busy(): boolean {
    return this.active !== null || Object.keys(this.thread.get().live).length > 0;
  }

  /** Begins to read before there is a view: its first `load` is this one. */
  prepare(): Promise<void> {
    return (this.prepared = this.load());
  }

  /** Reads the latest messages: the first time, or to catch up. */
  load(): Promise<void> {
    const { prepared } = this;
    this.prepared = null;
    if (prepared !== null) return prepared;
    this.loading ??= this.loadLatest().finally(() => {
      this.loading = null;
    });
    return this.loading;
  }

  /** Reads the page before the first message here; once at a time. */
  loadOlder(size = OLDER): Promise<void> {
    this.loadingOlder ??= this.loadPage(size).finally(() => {
      this.loadingOlder = null;
    });
    return this.loadingOlder;
  }

  /** Says something. It is in the thread, and safe in the outbox, on return. */
  say(text: string): void {
    this.add(uuid(), text, Date.now());
    this.reconnect();
    this.pump();
  }

  /** Takes up a message that an earlier life of the page has left in the outbox. */
  resume(requestId: string, text: string, at: number): void {
    this.add(requestId, text, at);
    this.pump();
  }

  /** Sends an unsent message again, under the same request id. */
  resend(key: string): void {
    if (thread.turnOf(this.thread.get(), key)?.phase !== "unsent") return;
    this.thread.update((now) => thread.setPhase(now, key, "waiting"));
    this.reconnect();
    this.pump();
  }

  /** Sends everything again that failed for want of a connection, in its order. */
  reconnect(): void {
    clearTimeout(this.resending);
    this.thread.update((now) => (now.olderProblem === null ? now : { ...now, olderProblem: null }));
    const stuck = Object.values(this.thread.get().live).filter(thread.isHeldUp);
    if (stuck.length === 0) return;
    this.thread.update((now) => stuck.reduce((next, { key }) => thread.setPhase(next, key, "waiting"), now));
    this.pump();
  }

  /** Takes a message back that was never stored, and returns its text. */
  discard(key: string): string {
    const text = thread.turnOf(this.thread.get(), key)?.said?.text ?? "";
    this.thread.update((now) => thread.unsay(now, key));
    this.host.outbox.remove(key);
    // It may have held up others.
    this.pump();
    return text;
  }

  /** Puts what was said before into the composer, to be said in other words. */
  edit(key: string): void {
    const text = thread.turnOf(this.thread.get(), key)?.said?.text;
    if (text !== undefined) this.writing.edit(text);
  }

  /** Stops the running turn. What it did stays done. */
  stop(): void {
    const turn = thread.running(this.thread.get());
    if (turn === undefined) return;
    this.thread.update((now) => ({ ...now, stopping: turn.key }));
    // Without an id yet, `seen` does it as soon as the server has said it.
    if (turn.turnId !== null) void this.cancel(turn.turnId);
  }

  /** Has the server try a turn again that came to nothing. */
  async retry(key: string): Promise<void> {
    const turnId = thread.turnOf(this.thread.get(), key)?.turnId ?? null;
    if (turnId === null) return;
    try {
      const again = await this.host.api.turns.retry(turnId);
      const before = this.thread.get();
      this.thread.update((now) => thread.repeated(now, key, again));
      if (this.thread.get() === before) {
        this.host.failed(new Problem("exists", "This was tried again already, further down."));
      }
      this.host.moved(this);
      this.pump();
    } catch (cause) {
      this.host.failed(problemOf(cause));
    }
  }

  /** Answers an approval; the turn's own events then say how it goes on. Throws a `Problem`. */
  decide(approvalId: string, decision: Decision): Promise<Approval> {
    return this.host.api.turns.decide(approvalId, decision);
  }

  dispose(): void {
    clearTimeout(this.resending);
    this.over.abort();
  }

  private async loadPage(size: number): Promise<void> {
    const { conversationId, older } = this.thread.get();
    if (conversationId === null || older === null) return;
    this.thread.update((now) => ({ ...now, loadingOlder: true, olderProblem: null }));
    try {
      const page = await this.host.api.conversations.messages(conversationId, older, size);
      this.thread.update((now) => thread.olderLoaded(now, page));
    } catch (cause) {
      this.thread.update((now) => ({ ...now, loadingOlder: false, olderProblem: problemOf(cause) }));
    }
  }

  private add(requestId: string, text: string, at: number): void {
    const { conversationId, place } = this;
    this.host.outbox.put({ requestId, conversationId, place, text, at });
    this.thread.update((now) => thread.say(now, requestId, text, at));
  }

  private async loadLatest(): Promise<void> {
    const id = this.conversationId;
    if (id === null) return;
    if (this.thread.get().load === "failed") {
      this.thread.update((now) => ({ ...now, load: "loading", problem: null }));
    }
    try {
      const page = await this.host.api.conversations.messages(id, "");
      this.thread.update((now) => thread.latestLoaded(now, page));
      this.pump();
    } catch (cause) {
      const problem = problemOf(cause);
      this.thread.update((now) =>
        now.load === "ready" && !problem.missing ? now : { ...now, load: "failed", problem },
      );
    }
  }

  /** Looks for the next turn to send or follow. */
  private pump(): void {
    if (this.over.signal.aborted) return;
    if (this.active !== null) {
      void this.deliver(this.active);
      return;
    }
    const next = thread.pending(this.thread.get());
    if (next === undefined) return;
    if (next.phase === "waiting") {
      this.thread.update((now) => thread.setPhase(now, next.key, "sending"));
    }
    this.active = next.key;
    void this.drive(next.key).finally(() => {
      this.active = null;
      if (this.over.signal.aborted) return;
      this.host.moved(this);
      this.pump();
    });
  }

  /** Sends the next message while the turn that is followed waits for the person's word. */
  private async deliver(active: string): Promise<void> {
    const next = this.delivering ? undefined : thread.nextBeside(this.thread.get(), active);
    if (next === undefined) return;
    const { key } = next;
    this.delivering = true;
    this.thread.update((now) => thread.setPhase(now, key, "sending"));
    try {
      const { turnId, answer } = await this.host.api.turns.deliver(this.sending(next));
      this.host.outbox.remove(key);
      this.thread.update((now) => thread.withAnswer(now, key, turnId, answer, Date.now()));
      this.host.moved(this);
    } catch (cause) {
      const problem = problemOf(cause);
      // Somebody else has given the word meanwhile: then it is a message like any other.
      const waits = this.thread.get().live[active]?.phase === "waiting_for_approval";
      this.thread.update((now) => thread.setPhase(now, key, waits ? "unsent" : "waiting", waits ? problem : null));
      if (waits && problem.transient) this.resendSoon();
    } finally {
      this.delivering = false;
    }
    this.pump();
  }

  private sending(turn: Turn): Sending {
    const { conversationId } = this;
    const message = turn.said?.text ?? "";
    return { message, conversationId, requestId: turn.key, timeZone: this.host.timeZone() };
  }

  /** Brings one turn to its end, over as many connections as that takes. */
  private async drive(key: string): Promise<void> {
    for (let tries = 0; !this.over.signal.aborted; ) {
      const turn = thread.turnOf(this.thread.get(), key);
      if (turn === undefined || isFinal(turn.phase)) return;
      const before = turn.lastSeq;
      const cut = await this.connect(turn);
      this.frames.flush();
      const after = thread.turnOf(this.thread.get(), key);
      if (after === undefined || isFinal(after.phase) || this.over.signal.aborted) return;
      if (after.turnId === null) {
        this.thread.update((now) => thread.setPhase(now, key, "unsent", cut));
        if (cut.transient) this.resendSoon();
        return;
      }
      if (!cut.transient) {
        this.thread.update((now) => thread.abandoned(now, key, cut));
        return;
      }
      this.thread.update((now) => ({ ...now, reconnecting: true }));
      tries = after.lastSeq > before ? 0 : tries + 1;
      await pause(backOff(tries), this.over.signal);
    }
  }

  /** The browser knows of its own network only; whether the server is back has to be tried. */
  private resendSoon(): void {
    clearTimeout(this.resending);
    this.resending = setTimeout(() => {
      if (navigator.onLine) this.reconnect();
      else this.resendSoon();
    }, attempt(this.refusals++));
  }

  /** One connection. Returns why it ended. */
  private connect(turn: Turn): Promise<Problem> {
    let seen = turn.lastSeq;
    return listen(
      (signal) => this.open(turn, signal),
      this.over.signal,
      (event) => {
        this.heard(turn.key, event);
        // It goes by another key by now, under which it is followed next.
        if (thread.turnOf(this.thread.get(), turn.key) === undefined) return false;
        if (event.seq > seen + 1) return false;
        if (event.seq > seen) {
          seen = event.seq;
          this.frames.push({ key: turn.key, event });
        }
        return true;
      },
    );
  }

  private open(turn: Turn, signal: AbortSignal): AsyncIterable<TurnEvent> {
    const { turns } = this.host.api;
    if (turn.turnId !== null) {
      return turns.follow(turn.turnId, turn.lastSeq, signal, () => this.connected());
    }
    return turns.send(this.sending(turn), signal);
  }

  /** The server has said something: at the least, which turn this is and that it is stored. */
  private heard(key: string, event: TurnEvent): void {
    this.connected();
    this.refusals = 0;
    const turn = this.thread.get().live[key];
    if (turn === undefined || turn.turnId !== null) return;
    if (event.kind === "started") this.host.outbox.named(this.place, event.conversationId);
    this.host.outbox.remove(key);
    this.thread.update((now) => thread.identified(now, key, event.turnId));
    this.host.moved(this);
    if (this.thread.get().stopping === key) void this.cancel(event.turnId);
  }

  private connected(): void {
    this.thread.update((now) => (now.reconnecting ? { ...now, reconnecting: false } : now));
  }

  private fold(items: readonly Folded[]): void {
    const before = this.conversationId;
    const keys = new Set(items.map((item) => item.key));
    this.thread.update((now) => {
      let next = now;
      for (const key of keys) {
        const events = items.filter((item) => item.key === key).map((item) => item.event);
        next = thread.receive(next, key, events);
      }
      return next;
    });
    const named = this.conversationId;
    if (before === null && named !== null) {
      this.host.outbox.moveDraft(named, this.writing.now);
      this.host.outbox.named(this.place, named);
      this.host.named(this, named);
    }
    for (const { event } of items) {
      if (event.kind === "returned" && event.call.receipt !== null) this.host.receipt(event.call.receipt);
    }
    // A message that was held back may be the word that a turn now waits for.
    this.pump();
  }

  private async cancel(turnId: string): Promise<void> {
    try {
      await this.host.api.turns.cancel(turnId);
    } catch (cause) {
      this.thread.update((now) => ({ ...now, stopping: null }));
      this.host.failed(problemOf(cause));
    }
  }
}
