// @vitest-environment node
// Holding on to the end of a thread.

import { describe, expect, it } from "vitest";
import { Hold } from "./hold";

describe("Hold", () => {
  it("lets go when the reader goes up, and holds on again at the end", () => {
    const end = new Hold(true);
    end.release();
    expect(end.held).toBe(false);
    end.reached(0);
    expect(end.held).toBe(true);
  });

  it("is not caught by the end on the way to another place", () => {
    for (const end of [new Hold(false), new Hold(true)]) {
      end.leave();
      end.reached(0);
      expect(end.held).toBe(false);
      end.moved();
      end.reached(0);
      expect(end.held).toBe(true);
    }
  });

  it("lets go before the first move upwards has left the end", () => {
    const end = new Hold(true);
    end.up(1_000);
    expect(end.held).toBe(false);
    // The wheel has turned, and nothing has moved yet.
    end.reached(1_100);
    expect(end.held).toBe(false);
    end.reached(1_300);
    expect(end.held).toBe(true);
  });

  it("holds on at once when the reader turns round", () => {
    const end = new Hold(true);
    end.up(1_000);
    end.moved();
    end.reached(1_050);
    expect(end.held).toBe(true);
  });

  it("keeps a place as it is known until the reader moves", () => {
    const end = new Hold(true);
    let top: number | null = 400;
    end.leave(() => top);
    expect([end.held, end.top]).toEqual([false, 400]);
    top = 500;
    end.reached(0);
    expect([end.held, end.top]).toEqual([false, 500]);
    end.moved();
    expect(end.top).toBeNull();
    end.leave(() => top);
    end.take();
    expect([end.held, end.top]).toEqual([true, null]);
  });

  it("holds on when it is asked to", () => {
    const end = new Hold(false);
    end.take();
    end.release();
    end.reached(0);
    expect(end.held).toBe(true);
  });
});
