// @vitest-environment node
// Holding on to the end of a thread.

import { describe, expect, it } from "vitest";
import { Hold } from "./hold";

describe("Hold", () => {
  it("lets go when the reader goes up, and holds on again at the end", () => {
    const end = new Hold(true);
    end.release();
    expect(end.held).toBe(false);
    end.reached();
    expect(end.held).toBe(true);
  });

  it("is not caught by the end on the way to another place", () => {
    for (const end of [new Hold(false), new Hold(true)]) {
      end.leave();
      end.reached();
      expect(end.held).toBe(false);
      end.moved();
      end.reached();
      expect(end.held).toBe(true);
    }
  });

  it("holds on when it is asked to", () => {
    const end = new Hold(false);
    end.take();
    end.release();
    end.reached();
    expect(end.held).toBe(true);
  });
});
