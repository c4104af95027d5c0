// What waits for words of dates, whatever becomes of the worker that looks them up.

import { afterEach, describe, expect, it, vi } from "vitest";

/** A worker that does what it is told. */
class FakeWorker extends EventTarget {
  static readonly started: FakeWorker[] = [];
  readonly terminate = vi.fn<() => void>();

  constructor(readonly url: string) {
    super();
    FakeWorker.started.push(this);
  }
}

const begin = async () => {
  vi.resetModules();
  FakeWorker.started.length = 0;
  const { datesRead } = await import("./dates");
  let read = false;
  void datesRead.then(() => (read = true));
  const isRead = async () => {
    await Promise.resolve();
    return read;
  };
  return { isRead, worker: FakeWorker.started[0] };
};

afterEach(() => vi.unstubAllGlobals());

describe("datesRead", () => {
  it.each(["message", "error"])("is fulfilled by the worker's %s, and the worker goes later", async (event) => {
    vi.useFakeTimers();
    vi.stubGlobal("Worker", FakeWorker);
    const { isRead, worker } = await begin();
    expect(worker?.url).toBe("/dates.js");
    expect(await isRead()).toBe(false);
    worker?.dispatchEvent(new Event(event));
    expect(await isRead()).toBe(true);
    expect(worker?.terminate).not.toHaveBeenCalled();
    vi.advanceTimersByTime(60_000);
    expect(worker?.terminate).toHaveBeenCalledOnce();
  });

  it("is fulfilled in time although the worker never says anything", async () => {
    vi.useFakeTimers();
    vi.stubGlobal("Worker", FakeWorker);
    const { isRead } = await begin();
    expect(await isRead()).toBe(false);
    vi.advanceTimersByTime(2000);
    expect(await isRead()).toBe(true);
  });

  it("is fulfilled where workers are forbidden, or there are none", async () => {
    vi.stubGlobal("Worker", undefined);
    expect(await (await begin()).isRead()).toBe(true);
    vi.stubGlobal("Worker", function refuse() {
      throw new DOMException("Denied", "SecurityError");
    });
    expect(await (await begin()).isRead()).toBe(true);
  });

  it("starts what the page's policy lets be a script, and nothing else is", async () => {
    const rules: { createScriptURL(url: string): string }[] = [];
    vi.stubGlobal("trustedTypes", {
      createPolicy: (_name: string, rule: { createScriptURL(url: string): string }) => {
        rules.push(rule);
        return { createScriptURL: (url: string) => ({ trusted: rule.createScriptURL(url) }) };
      },
    });
    vi.stubGlobal("Worker", FakeWorker);
    const { worker } = await begin();
    expect(worker?.url).toEqual({ trusted: "/dates.js" });
    expect(() => rules[0]?.createScriptURL("https://elsewhere.example.com/dates.js")).toThrow("Not a script of this page.");
  });
});
