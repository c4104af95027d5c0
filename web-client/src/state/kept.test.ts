// What is kept where the browser keeps nothing.

import { describe, expect, it } from "vitest";
import { Kept, kept } from "./kept";

const refuse = (): never => {
  throw new DOMException("Access is denied for this document.", "SecurityError");
};

describe("Kept", () => {
  it("keeps in the browser's storage, where other tabs and the next visit find it", () => {
    kept.write("taskchat.a", "1");
    kept.write("other.b", "2");
    expect({ ...localStorage }).toEqual({ "taskchat.a": "1", "other.b": "2" });
    expect(new Kept(() => localStorage).read("taskchat.a")).toBe("1");
    expect(kept.keys("taskchat.")).toEqual(["taskchat.a"]);
    kept.write("taskchat.a", null);
    expect([kept.read("taskchat.a"), localStorage.getItem("taskchat.a")]).toEqual([null, null]);
  });

  it("keeps for the page alone while storage is forbidden", () => {
    const here = new Kept(refuse);
    expect([here.read("a"), here.keys("")]).toEqual([null, []]);
    here.write("a", "1");
    expect([here.read("a"), here.keys("")]).toEqual(["1", ["a"]]);
    here.write("a", null);
    expect([here.read("a"), here.keys("")]).toEqual([null, []]);
  });

  it("says what was written last once storage is full, and stores again when it is not", () => {
    let full = false;
    const storage = new Proxy(localStorage, {
      get: (target, name) => (name === "setItem" && full ? refuse : target[name as "getItem"].bind(target)),
    });
    const here = new Kept(() => storage);
    here.write("a", "old");
    full = true;
    here.write("a", "new");
    expect([here.read("a"), here.keys("a")]).toEqual(["new", ["a"]]);
    full = false;
    here.write("a", "newest");
    expect([here.read("a"), localStorage.getItem("a")]).toEqual(["newest", "newest"]);
  });
});
