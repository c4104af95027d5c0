// What survives a reload.

import { describe, expect, it } from "vitest";
import { Outbox } from "./outbox";

const entry = { requestId: "r1", conversationId: null, text: "Hello", at: 1_000 };

describe("Outbox", () => {
  it("gives a tab its own entries back, and those of tabs long gone", () => {
    new Outbox(localStorage, "ada", "one").put(entry);
    expect(new Outbox(localStorage, "ada", "one").mine(2_000)).toEqual([{ ...entry, tab: "one" }]);
    expect(new Outbox(localStorage, "ada", "two").mine(2_000)).toEqual([]);
    expect(new Outbox(localStorage, "ada", "two").mine(200_000)).toHaveLength(1);
    expect(new Outbox(localStorage, "eve", "one").mine(2_000)).toEqual([]);
  });

  it("holds an entry once, and lets it go", () => {
    const outbox = new Outbox(localStorage, "ada", "one");
    outbox.put(entry);
    outbox.put(entry);
    expect(outbox.mine(2_000)).toHaveLength(1);
    outbox.remove("r1");
    expect(outbox.mine(2_000)).toEqual([]);
    expect(localStorage).toHaveLength(0);
  });

  it("keeps a draft for each conversation, and nothing after signing out", () => {
    const outbox = new Outbox(localStorage, "ada", "one");
    outbox.keepDraft(null, "new");
    outbox.keepDraft("c1", "old");
    new Outbox(localStorage, "eve", "two").keepDraft(null, "hers");
    expect([outbox.draft(null), outbox.draft("c1"), outbox.draft("c2")]).toEqual(["new", "old", ""]);
    outbox.clear();
    expect([outbox.draft(null), outbox.draft("c1")]).toEqual(["", ""]);
    expect(new Outbox(localStorage, "eve", "two").draft(null)).toBe("hers");
  });

  it("reads garbage as nothing, and does without storage", () => {
    localStorage.setItem("taskchat.ada.outbox", "{");
    expect(new Outbox(localStorage, "ada", "one").mine(0)).toEqual([]);
    localStorage.setItem("taskchat.ada.outbox", JSON.stringify([{ text: 1 }, null]));
    expect(new Outbox(localStorage, "ada", "one").mine(0)).toEqual([]);
    const broken = {
      getItem() {
        throw new Error("forbidden");
      },
      setItem() {
        throw new Error("full");
      },
    } as unknown as Storage;
    const outbox = new Outbox(broken, "ada", "one");
    outbox.put(entry);
    expect(outbox.mine(0)).toEqual([]);
  });
});
