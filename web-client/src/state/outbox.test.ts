// What survives a reload.

import { describe, expect, it } from "vitest";
import { kept } from "./kept";
import { type Draft, NO_DRAFT, Outbox } from "./outbox";

const entry = { requestId: "r1", conversationId: null, place: "p1", text: "Hello", at: 1_000 };

const draft = (text: string): Draft => ({ text, before: null });

describe("Outbox", () => {
  it("knows whose an entry is, and hands it on once", () => {
    const one = new Outbox(kept, "ada", "one");
    const two = new Outbox(kept, "ada", "two");
    const three = new Outbox(kept, "ada", "three");
    one.put(entry);
    expect(one.mine()).toEqual([{ ...entry, tab: "one" }]);
    expect([two.mine(), two.others(), one.others()]).toEqual([[], ["one"], []]);
    expect(two.adopt("one")).toHaveLength(1);
    expect([one.mine(), two.mine(), three.adopt("one")]).toEqual([[], [{ ...entry, tab: "two" }], []]);
    expect(new Outbox(kept, "eve", "one").all()).toEqual([]);
  });

  it("holds an entry once, oldest first, and lets it go", () => {
    const outbox = new Outbox(kept, "ada", "one");
    outbox.put(entry);
    outbox.put({ ...entry, requestId: "r0", at: 500 });
    outbox.put(entry);
    expect(outbox.mine().map((each) => each.requestId)).toEqual(["r0", "r1"]);
    expect(Object.keys(localStorage).every((key) => outbox.holds(key))).toBe(true);
    outbox.remove("r1");
    outbox.remove("r0");
    expect(outbox.mine()).toEqual([]);
    expect(localStorage).toHaveLength(0);
  });

  it("loses nothing when two pages write at once", () => {
    const one = new Outbox(kept, "ada", "one");
    const two = new Outbox(kept, "ada", "two");
    one.put(entry);
    two.put({ ...entry, requestId: "r2" });
    one.remove("r1");
    expect(two.all().map((each) => each.requestId)).toEqual(["r2"]);
  });

  it("sends what follows a first message where that one went", () => {
    const outbox = new Outbox(kept, "ada", "one");
    outbox.put(entry);
    outbox.put({ ...entry, requestId: "r2", place: "p2" });
    outbox.named("p1", "c1");
    expect(outbox.mine().map((each) => each.conversationId)).toEqual(["c1", null]);
  });

  it("keeps a draft for each conversation, and nothing after signing out", () => {
    const outbox = new Outbox(kept, "ada", "one");
    outbox.keepDraft(null, draft("new"));
    outbox.keepDraft("c1", draft("old"));
    outbox.put(entry);
    new Outbox(kept, "eve", "two").keepDraft(null, draft("hers"));
    expect([outbox.draft(null), outbox.draft("c1"), outbox.draft("c2")]).toEqual([draft("new"), draft("old"), NO_DRAFT]);
    expect(outbox.unsent).toEqual({ messages: 1, drafts: 2 });
    outbox.clear();
    expect([outbox.draft(null), outbox.draft("c1"), outbox.all()]).toEqual([NO_DRAFT, NO_DRAFT, []]);
    expect(outbox.unsent).toEqual({ messages: 0, drafts: 0 });
    expect(new Outbox(kept, "eve", "two").draft(null)).toEqual(draft("hers"));
  });

  it("keeps both of what was being written and what is being changed", () => {
    const outbox = new Outbox(kept, "ada", "one");
    outbox.keepDraft("c1", { text: "changed", before: "" });
    expect(outbox.draft("c1")).toEqual({ text: "changed", before: "" });
    outbox.keepDraft("c1", { text: "changed", before: "half a thought" });
    expect([outbox.draft("c1"), outbox.unsent.drafts]).toEqual([{ text: "changed", before: "half a thought" }, 2]);
  });

  it("leaves the draft of another new conversation where it is", () => {
    const outbox = new Outbox(kept, "ada", "one");
    outbox.keepDraft(null, draft("of the second"));
    outbox.moveDraft("c1", draft("of the first"));
    expect([outbox.draft(null), outbox.draft("c1")]).toEqual([draft("of the second"), draft("of the first")]);
    outbox.moveDraft("c2", draft("of the second"));
    expect(outbox.draft(null)).toEqual(NO_DRAFT);
  });

  it("reads garbage as nothing", () => {
    localStorage.setItem("taskchat.ada.outbox.r1", "{");
    localStorage.setItem("taskchat.ada.outbox.r2", JSON.stringify({ text: 1 }));
    localStorage.setItem("taskchat.ada.outbox.r3", "null");
    expect(new Outbox(kept, "ada", "one").all()).toEqual([]);
  });
});
