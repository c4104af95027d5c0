// Folding once per frame, and less often where frames are dear.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { Frames } from "./frame";

let hidden = false;

beforeEach(() => {
  hidden = false;
  vi.useFakeTimers();
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => setTimeout(run, 16));
  vi.stubGlobal("cancelAnimationFrame", (id: number) => clearTimeout(id));
  vi.spyOn(document, "hidden", "get").mockImplementation(() => hidden);
});

/** Pushes a number every millisecond for a second; how often they were handed over, and which. */
async function busySecond(price: number) {
  const seen: number[][] = [];
  const frames = new Frames<number>((items) => {
    seen.push([...items]);
    // Drawing takes this long.
    vi.setSystemTime(Date.now() + price);
    vi.advanceTimersByTime(0);
    cost += price;
  });
  let cost = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => Date.now());
  for (let at = 0; at < 1000; at += 1) {
    frames.push(at);
    await vi.advanceTimersByTimeAsync(1);
  }
  frames.flush();
  clock.mockRestore();
  return { times: seen.length, all: seen.flat(), cost };
}

describe("Frames", () => {
  it("hands over once per frame, all of it and in order", async () => {
    const { times, all } = await busySecond(0);
    expect(all).toEqual(Array.from({ length: 1000 }, (_, at) => at));
    expect(times).toBeGreaterThan(50);
    expect(times).toBeLessThan(70);
  });

  it("leaves most of the time to the person where a frame is dear", async () => {
    const { times, all } = await busySecond(20);
    expect(all).toHaveLength(1000);
    expect(times).toBeLessThan(30);
  });

  it("leaves the frame after a key to the key, and no more than that one", async () => {
    const seen: number[] = [];
    const frames = new Frames<number>((items) => seen.push(...items));
    dispatchEvent(new KeyboardEvent("keydown", { key: "a" }));
    frames.push(1);
    await vi.advanceTimersByTimeAsync(17);
    expect(seen).toEqual([]);
    dispatchEvent(new KeyboardEvent("keydown", { key: "b" }));
    await vi.advanceTimersByTimeAsync(16);
    expect(seen).toEqual([1]);
  });

  it("draws what is dear between two frames: a key that comes meanwhile goes first", async () => {
    vi.spyOn(performance, "now").mockImplementation(() => Date.now());
    let inFrame = false;
    vi.stubGlobal("requestAnimationFrame", (run: () => void) =>
      setTimeout(() => {
        inFrame = true;
        run();
        inFrame = false;
      }, 16),
    );
    const seen: [number | undefined, boolean][] = [];
    const frames = new Frames<number>(([first]) => {
      seen.push([first, inFrame]);
      vi.setSystemTime(Date.now() + 20);
    });
    frames.push(1);
    await vi.advanceTimersByTimeAsync(100);
    frames.push(2);
    await vi.advanceTimersByTimeAsync(200);
    expect(seen).toEqual([[1, true], [2, false]]);
  });

  it("goes on by a timer while the tab is hidden", async () => {
    const seen: number[] = [];
    const frames = new Frames<number>((items) => seen.push(...items));
    hidden = true;
    frames.push(1);
    await vi.advanceTimersByTimeAsync(300);
    expect(seen).toEqual([1]);
  });

  it("does not keep what came just before the tab was hidden", async () => {
    vi.stubGlobal("requestAnimationFrame", () => 0);
    const seen: number[] = [];
    const frames = new Frames<number>((items) => seen.push(...items));
    frames.push(1);
    await vi.advanceTimersByTimeAsync(600);
    expect(seen).toEqual([1]);
  });
});
