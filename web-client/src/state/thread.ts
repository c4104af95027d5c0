// One conversation as the page holds it: turns in order, and the rows they are drawn as.
//
// Turns that still change live in a small map of their own, so that a token never copies the
// thousands that do not. Every function here is pure.

import type { Answer, Message, Page, Standing, TurnEvent } from "./model";
import type { Problem } from "./problem";
import { fold, isFinal, type Phase, type Turn, written } from "./turn";

export interface Thread {
  /** `null` until the first message has made the conversation. */
  readonly conversationId: string | null;
  /** `new` has nothing to load. */
  readonly load: "new" | "loading" | "ready" | "failed";
  readonly problem: Problem | null;
  /** Leads to older messages; `null` when the first one is here. */
  readonly older: string | null;
  readonly loadingOlder: boolean;
  /** Why the last try to read older ones failed; nothing but the person or the network begins another. */
  readonly olderProblem: Problem | null;
  readonly order: readonly string[];
  readonly settled: Readonly<Record<string, Turn>>;
  readonly live: Readonly<Record<string, Turn>>;
  readonly rows: readonly Row[];
  /** True when the rows have last changed by older ones in front. */
  readonly prepended: boolean;
  /** True while the running turn's connection is being restored. */
  readonly reconnecting: boolean;
  /** The turn that the person has asked to stop. */
  readonly stopping: string | null;
}

/** What one line of the virtual list shows. */
export interface Row {
  readonly key: string;
  readonly turn: string;
  readonly part: "said" | "reply";
  /** When it was said or answered; `null` while that is not known. */
  readonly at: number | null;
}

export function emptyThread(conversationId: string | null): Thread {
  return {
    conversationId,
    load: conversationId === null ? "new" : "loading",
    problem: null,
    older: null,
    loadingOlder: false,
    olderProblem: null,
    order: [],
    settled: {},
    live: {},
    rows: [],
    prepended: false,
    reconnecting: false,
    stopping: null,
  };
}

export function turnOf(thread: Thread, key: string): Turn | undefined {
  return thread.live[key] ?? thread.settled[key];
}

/** The key of a turn by its id, if it is here. */
export function keyOf(thread: Thread, turnId: string): string | null {
  return thread.order.find((key) => turnOf(thread, key)?.turnId === turnId) ?? null;
}

/** The first turn that is neither over nor given up: what the page has to follow or send next. */
export function pending(thread: Thread): Turn | undefined {
  // As in `order`, of which it is the small part that changes.
  for (const turn of Object.values(thread.live)) {
    if (turn.phase !== "unsent") return turn;
    // It will be sent again, and what was said after it must not overtake it.
    if (isHeldUp(turn)) return undefined;
  }
  return undefined;
}

/** Not sent for want of a connection. */
export function isHeldUp(turn: Turn): boolean {
  return turn.phase === "unsent" && turn.problem?.transient === true;
}

/** True while a message waits for the connection to come back. */
export function isStuck(thread: Thread): boolean {
  return Object.values(thread.live).some(isHeldUp);
}

/** How high a row will be at the least, by its text, before it is drawn. In pixels. */
function heightOf(thread: Thread, { turn, part }: Row): number {
  const { said, text = "" } = turnOf(thread, turn) ?? {};
  const words = part === "said" ? (said?.text ?? "") : text;
  return 50 + 25 * words.split("\n").filter((line) => line.trim() !== "").length;
}

/** How many rows at the end fill this height; without end if all do not. */
export function screenful(thread: Thread, height: number): number {
  let filled = 0;
  const first = thread.rows.findLastIndex((row) => (filled += heightOf(thread, row)) >= height);
  return first < 0 ? Infinity : thread.rows.length - first;
}

/** How high most rows are, rather less than more. In pixels. */
export function usualHeight(thread: Thread): number {
  const heights = thread.rows.map((row) => heightOf(thread, row)).toSorted((one, other) => one - other);
  const middle = heights.length / 2;
  return ((heights[Math.ceil(middle) - 1] ?? 0) + (heights[Math.floor(middle)] ?? 0)) / 2;
}

/** True when older messages can be read without being asked to. */
export function mayLoadOlder({ older, loadingOlder, olderProblem }: Thread): boolean {
  return older !== null && !loadingOlder && olderProblem === null;
}

/** The turn that can be stopped now. */
export function running(thread: Thread): Turn | undefined {
  const turn = pending(thread);
  return turn?.phase === "waiting" ? undefined : turn;
}

/** Adds a message of the person at the end. */
export function say(thread: Thread, requestId: string, text: string, at: number): Thread {
  if (turnOf(thread, requestId) !== undefined) return thread;
  const phase = pending(thread) === undefined && !isStuck(thread) ? "sending" : "waiting";
  const turn = written(requestId, text, at, phase);
  return withRows({
    ...thread,
    order: [...thread.order, turn.key],
    live: { ...thread.live, [turn.key]: turn },
  });
}

/** The next message to send beside a turn that waits for the person, whose word it may be. */
export function nextBeside(thread: Thread, key: string): Turn | undefined {
  if (thread.live[key]?.phase !== "waiting_for_approval") return undefined;
  return Object.values(thread.live).find((turn) => turn.phase === "waiting");
}

/** A new turn of the server's making that says once more what another one said. */
export function repeated(thread: Thread, key: string, { turnId, state, at }: Standing): Thread {
  if (keyOf(thread, turnId) !== null) return thread;
  // Followed from its first event, whatever has become of it in the meantime.
  const phase = isFinal(state) ? "queued" : state;
  const text = turnOf(thread, key)?.said?.text ?? "";
  const turn: Turn = { ...written(turnId, text, at, phase), requestId: null, turnId };
  return withRows({
    ...thread,
    order: [...thread.order, turnId],
    live: { ...thread.live, [turnId]: turn },
  });
}

/** The whole answer to a message that was sent without following its turn. */
export function withAnswer(thread: Thread, key: string, turnId: string, answer: Answer, at: number): Thread {
  const { [key]: turn, ...live } = thread.live;
  if (turn === undefined || !isFinal(answer.state)) return identified(thread, key, turnId);
  const { state: phase, text, calls, notices } = answer;
  const ended: Turn = { ...turn, turnId, phase, text, calls, notices, problem: null, endedAt: at };
  return withoutTwin({ ...thread, live, settled: { ...thread.settled, [key]: ended } }, key, turnId);
}

/** Takes a message that was never sent out again. */
export function unsay(thread: Thread, key: string): Thread {
  const turn = thread.live[key];
  if (turn === undefined || turn.turnId !== null) return thread;
  const { [key]: _gone, ...live } = thread.live;
  return withRows({ ...thread, live, order: thread.order.filter((each) => each !== key) });
}

export function setPhase(
  thread: Thread,
  key: string,
  phase: Phase,
  problem: Problem | null = null,
): Thread {
  const turn = thread.live[key];
  if (turn === undefined) return thread;
  return { ...thread, live: { ...thread.live, [key]: { ...turn, phase, problem } } };
}

/** The server has said which turn it is, before anything has happened in it. */
export function identified(thread: Thread, key: string, turnId: string): Thread {
  const turn = thread.live[key];
  if (turn === undefined || turn.turnId === turnId) return thread;
  const phase = turn.phase === "sending" ? "queued" : turn.phase;
  return withoutTwin({ ...thread, live: { ...thread.live, [key]: { ...turn, turnId, phase } } }, key, turnId);
}

/**
 * A page may have brought a turn in under its id before its sender knew which one it is. They become
 * one, under the key by which it is driven and drawn, at the place where the server has it.
 */
function withoutTwin(thread: Thread, key: string, turnId: string): Thread {
  const twin = thread.order.find((each) => each !== key && turnOf(thread, each)?.turnId === turnId);
  const [here, there] = [turnOf(thread, key), turnOf(thread, twin ?? "")];
  if (twin === undefined || here === undefined || there === undefined) return thread;
  const order = thread.order.filter((each) => each !== key).map((each) => (each === twin ? key : each));
  return withRows(merged(thread, { order: [key], turns: { [key]: there } }, order));
}

/** The turn cannot be followed any further; what is here of it stays. */
export function abandoned(thread: Thread, key: string, problem: Problem): Thread {
  const { [key]: turn, ...live } = thread.live;
  if (turn === undefined) return thread;
  const ended: Turn = { ...turn, phase: "interrupted", problem, endedAt: Date.now() };
  return { ...thread, live, settled: { ...thread.settled, [key]: ended }, reconnecting: false };
}

/** Folds events of one turn in; the turn settles with its last one. */
export function receive(thread: Thread, key: string, events: readonly TurnEvent[]): Thread {
  const before = thread.live[key];
  if (before === undefined) return thread;
  let turn = before;
  let conversationId = thread.conversationId;
  for (const event of events) {
    if (event.kind === "started") conversationId ??= event.conversationId;
    turn = fold(turn, event);
  }
  if (turn === before && conversationId === thread.conversationId) return thread;
  const load = thread.load === "new" && conversationId !== null ? "ready" : thread.load;
  const next = { ...thread, conversationId, load, reconnecting: false } satisfies Thread;
  if (!isFinal(turn.phase)) return { ...next, live: { ...thread.live, [key]: turn } };
  const { [key]: _ended, ...live } = thread.live;
  const stopping = thread.stopping === key ? null : thread.stopping;
  return { ...next, stopping, live, settled: { ...thread.settled, [key]: turn } };
}

/** The latest page: what is new in it goes to the end, what is live here stays as it is. */
export function latestLoaded(thread: Thread, page: Page<Message>): Thread {
  const read = turnsOf(thread, page.items);
  const overlap = thread.order.findIndex((key) => read.order.includes(key));
  // Without an overlap there may be messages between the page and what is shown: start afresh.
  const joins = thread.load === "ready" && (overlap >= 0 || page.items.length === 0);
  const before = joins ? thread.order.slice(0, Math.max(overlap, 0)) : [];
  const after = thread.order.filter(
    // What has settled is older than a page that does not overlap it.
    (key, at) => !read.order.includes(key) && (joins ? at >= overlap : thread.live[key]?.requestId != null),
  );
  return withRows({
    ...merged(thread, read, [...before, ...read.order, ...after]),
    load: "ready",
    problem: null,
    older: joins ? thread.older : page.next,
  });
}

/** A page of older messages goes to the front. */
export function olderLoaded(thread: Thread, page: Page<Message>): Thread {
  const read = turnsOf(thread, page.items);
  const inFront = read.order.filter((key) => !thread.order.includes(key));
  const longer = merged(thread, read, [...inFront, ...thread.order]);
  return withRows({ ...longer, older: page.next, loadingOlder: false, olderProblem: null }, true);
}

interface Read {
  readonly order: readonly string[];
  readonly turns: Readonly<Record<string, Turn>>;
}

/** The turns of a page, under the keys they are known by here. */
function turnsOf(thread: Thread, messages: readonly Message[]): Read {
  const keys = new Map<string, string>();
  for (const key of thread.order) {
    const id = turnOf(thread, key)?.turnId;
    if (id !== undefined && id !== null) keys.set(id, key);
  }
  const order: string[] = [];
  const turns: Record<string, Turn> = {};
  for (const message of messages) {
    const key = keys.get(message.turnId) ?? message.turnId;
    let turn = turns[key];
    if (turn === undefined) {
      order.push(key);
      turn = { ...written(key, "", 0, message.state), requestId: null, turnId: message.turnId, said: null };
    }
    turns[key] = withMessage(turn, message);
  }
  return { order, turns };
}

function withMessage(turn: Turn, message: Message): Turn {
  if (message.role === "user") {
    return { ...turn, said: { text: message.content, at: message.at } };
  }
  // A turn that still runs is replayed from its first event, so its answer starts out empty.
  if (!isFinal(message.state)) return turn;
  return {
    ...turn,
    text: message.content,
    failure: message.failure,
    calls: message.calls,
    approvals: message.approvals,
    notices: message.notices,
    endedAt: message.at,
  };
}

function merged(thread: Thread, read: Read, order: readonly string[]): Thread {
  const settled: Record<string, Turn> = {};
  const live: Record<string, Turn> = {};
  for (const key of order) {
    const here = turnOf(thread, key);
    const there = read.turns[key];
    const turn = here === undefined ? there : there === undefined ? here : joined(here, there);
    if (turn === undefined) continue;
    if (isFinal(turn.phase)) settled[key] = turn;
    else live[key] = turn;
  }
  return { ...thread, order, settled, live };
}

/** Two views of one turn: the server's word, but never less than what is already shown. */
function joined(here: Turn, there: Turn): Turn {
  const said = there.said ?? here.said;
  const answered = isFinal(there.phase) && there.endedAt !== null;
  if (!answered) return said === here.said ? here : { ...here, said };
  // This page had given it up, cut off wherever that was.
  const givenUp = isFinal(here.phase) && here.problem !== null;
  // Both are whole: the server knows which receipts were undone since.
  if (isFinal(here.phase) && here.endedAt !== null && !givenUp) return { ...here, said, calls: there.calls, approvals: there.approvals };
  return { ...there, said, key: here.key, requestId: here.requestId, lastSeq: here.lastSeq };
}

function withRows(thread: Thread, prepended = false): Thread {
  const rows: Row[] = [];
  for (const key of thread.order) {
    const turn = turnOf(thread, key);
    if (turn === undefined) continue;
    const at = turn.said?.at ?? turn.endedAt;
    if (turn.said !== null) rows.push({ key: `${key}:said`, turn: key, part: "said", at });
    rows.push({ key: `${key}:reply`, turn: key, part: "reply", at });
  }
  return { ...thread, rows, prepended };
}
