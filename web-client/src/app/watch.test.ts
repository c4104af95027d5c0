// Listening to news of tasks: who listens, what is told, and what happens when the connection goes.

import { afterEach, describe, expect, it, vi } from "vitest";
import type { Tiding } from "../state/model";
import { Problem } from "../state/problem";
import { anOperation } from "../test-data";
import { Watch } from "./watch";

const op = (seq: number): Tiding => ({ kind: "operation", seq, operation: anOperation({ id: `op-${seq}` }) });
const CUT = new Problem("unreachable", "Cut.");

/** Connections that end as they are told to; `null` stays open. */
function server(...connections: (readonly [readonly Tiding[], Problem | "end" | null])[]) {
  const asked: (number | null)[] = [];
  const open = async function* open(after: number | null, signal: AbortSignal): AsyncGenerator<Tiding> {
    asked.push(after);
    const [tidings, end] = connections.shift() ?? [[], null];
    yield* tidings;
    if (end === "end") return;
    if (end !== null) throw end;
    await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(CUT)));
  };
  return { asked, open };
}

/** Locks of one browser: the first holds, the others wait; `steal` breaks in. */
function browserLocks(): LockManager {
  let holder: ((cause: Error) => void) | null = null;
  const waiting: (() => void)[] = [];
  const request = (_name: string, options: LockOptions, work: () => Promise<void>) =>
    new Promise<void>((resolve, reject) => {
      const run = () => {
        holder = reject;
        void work().then(() => {
          if (holder === reject) {
            holder = null;
            waiting.shift()?.();
          }
          resolve();
        });
      };
      options.signal?.addEventListener("abort", () => {
        if (waiting.includes(run)) waiting.splice(waiting.indexOf(run), 1);
        reject(new DOMException("Aborted", "AbortError"));
      });
      if (options.steal === true) {
        holder?.(new DOMException("Stolen", "AbortError"));
        run();
      } else if (holder === null) run();
      else waiting.push(run);
    });
  return { request } as unknown as LockManager;
}

/** Tabs hear each other, never themselves. */
function channels() {
  const all: EventTarget[] = [];
  return () => {
    const channel = new EventTarget();
    all.push(channel);
    return Object.assign(channel, {
      postMessage: (data: unknown) => {
        for (const each of all) if (each !== channel) each.dispatchEvent(new MessageEvent("message", { data }));
      },
      close: () => all.splice(all.indexOf(channel), 1),
    }) as unknown as BroadcastChannel;
  };
}

const tabs: Watch[] = [];
function tab(host: Partial<ConstructorParameters<typeof Watch>[0]> & { open: ReturnType<typeof server>["open"] }) {
  const took: string[] = [];
  const reread = vi.fn();
  const watch = new Watch({
    name: "ada",
    locks: undefined,
    channel: null,
    took: ({ id }) => took.push(id),
    reread,
    ...host,
  });
  tabs.push(watch);
  return { watch, took, reread };
}

afterEach(() => {
  for (const watch of tabs.splice(0)) watch.dispose();
});

describe("Watch", () => {
  it("goes on behind the last news after a cut, and doubles nothing", async () => {
    const { asked, open } = server(
      [[{ kind: "ready", seq: 4 }, op(5)], CUT],
      [[op(5), op(6)], "end"],
      [[op(7)], null],
    );
    const { took, reread } = tab({ open });
    await vi.waitFor(() => expect(took).toEqual(["op-5", "op-6", "op-7"]), 5000);
    expect(asked).toEqual([null, 5, 6]);
    expect(reread).toHaveBeenCalledTimes(1);
  });

  it("begins anew where the server has never heard of its place", async () => {
    const { asked, open } = server(
      [[{ kind: "ready", seq: 4 }], CUT],
      [[], new Problem("invalid", "No such number.")],
      [[{ kind: "ready", seq: 1 }, op(2)], null],
    );
    const { took, reread } = tab({ open });
    await vi.waitFor(() => expect(took).toEqual(["op-2"]), 5000);
    expect(asked).toEqual([null, 4, null]);
    expect(reread).toHaveBeenCalledTimes(2);
  });

  it("waits longer and longer for a server that is gone, and at once when the network is back", async () => {
    vi.useFakeTimers();
    const { asked, open } = server(...Array.from({ length: 50 }, () => [[], CUT] as const));
    tab({ open });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked.length).toBeGreaterThan(4);
    expect(asked.length).toBeLessThan(12);
    const before = asked.length;
    dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(1);
    expect(asked.length).toBe(before + 1);
  });

  it("hangs up on a connection that has fallen silent", async () => {
    vi.useFakeTimers();
    const { asked, open } = server([[{ kind: "ready", seq: 1 }], null], [[op(2)], null]);
    const { took } = tab({ open });
    await vi.advanceTimersByTimeAsync(50_000);
    expect(asked).toEqual([null, 1]);
    expect(took).toEqual(["op-2"]);
  });

  it("is one connection for two tabs, which the second one carries on", async () => {
    const locks = browserLocks();
    const channel = channels();
    const { asked, open } = server([[{ kind: "ready", seq: 1 }, op(2)], null], [[op(3)], null]);
    const first = tab({ open, locks, channel: channel() });
    const other = tab({ open, locks, channel: channel() });
    await vi.waitFor(() => expect(other.took).toEqual(["op-2"]));
    expect(first.took).toEqual(["op-2"]);
    expect(asked).toEqual([null]);
    first.watch.dispose();
    await vi.waitFor(() => expect(other.took).toEqual(["op-2", "op-3"]));
    expect(asked).toEqual([null, 2]);
  });

  it("takes over from a tab that is frozen", async () => {
    vi.useFakeTimers();
    const locks = browserLocks();
    const channel = channels();
    const frozen = server([[], null]);
    const awake = server([[op(9)], null]);
    tab({ open: frozen.open, locks, channel: channel() });
    const { took } = tab({ open: awake.open, locks, channel: channel() });
    await vi.advanceTimersByTimeAsync(40_000);
    expect(awake.asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(10_000);
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(1_500);
    expect(took).toEqual(["op-9"]);
  });
});
