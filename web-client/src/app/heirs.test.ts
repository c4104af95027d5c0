// What a page leaves behind is taken over by one other page.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { kept } from "../state/kept";
import { Outbox, type Outgoing } from "../state/outbox";
import { inheritFrom } from "./heirs";

const entry = { requestId: "r1", conversationId: null, place: "p1", text: "Hello", at: 1_000 };

/** Locks of one browser: first come, first served. */
function fakeLocks() {
  const queues = new Map<string, Promise<unknown>>();
  return {
    request(name: string, ...rest: unknown[]) {
      const work = rest.at(-1) as () => Promise<unknown>;
      const { signal } = (rest.length > 1 ? rest[0] : {}) as { signal?: AbortSignal };
      const before = queues.get(name) ?? Promise.resolve();
      const mine = before.then(() => {
        if (signal?.aborted === true) throw new DOMException("gone", "AbortError");
        return work();
      });
      queues.set(name, mine.catch(() => {}));
      return mine;
    },
  };
}

const stops: (() => void)[] = [];
function page(tab: string) {
  const outbox = new Outbox(kept, "ada", tab);
  const got: Outgoing[] = [];
  const stop = inheritFrom(outbox, (entries) => got.push(...entries));
  stops.push(stop);
  return { outbox, got, stop };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
const told = () => dispatchEvent(Object.assign(new Event("storage"), { key: "taskchat.ada.outbox.r1" }));

beforeEach(() => {
  Object.defineProperty(navigator, "locks", { value: fakeLocks(), configurable: true });
});
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  Reflect.deleteProperty(navigator, "locks");
});

describe("inheritFrom", () => {
  it("leaves a living page what is its own", async () => {
    const one = page("one");
    one.outbox.put(entry);
    const two = page("two");
    await settled();
    expect([two.got, one.outbox.mine().length]).toEqual([[], 1]);
  });

  it("hands a dead page's messages to one of the others", async () => {
    const one = page("one");
    const two = page("two");
    const three = page("three");
    one.outbox.put(entry);
    told();
    await settled();
    one.stop();
    await settled();
    expect(two.got.length + three.got.length).toBe(1);
    // And on, when that one goes as well.
    told();
    const heir = two.got.length === 1 ? two : three;
    const last = heir === two ? three : two;
    heir.stop();
    await settled();
    expect(last.got.map((each) => each.requestId)).toEqual(["r1"]);
  });

  it("takes up what an earlier life has left", async () => {
    new Outbox(kept, "ada", "dead").put(entry);
    const { got } = page("one");
    await settled();
    expect(got).toEqual([{ ...entry, tab: "dead" }]);
  });

  it("goes by age where there are no locks", () => {
    Reflect.deleteProperty(navigator, "locks");
    new Outbox(kept, "ada", "dead").put({ ...entry, at: Date.now() - 200_000 });
    new Outbox(kept, "ada", "alive").put({ ...entry, requestId: "r2", at: Date.now() });
    expect(page("one").got.map((each) => each.requestId)).toEqual(["r1"]);
    expect(vi.isMockFunction(navigator.locks)).toBe(false);
  });
});
