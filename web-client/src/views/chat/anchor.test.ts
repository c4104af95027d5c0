// @vitest-environment node
// Addresses inside a conversation.

import { describe, expect, it } from "vitest";
import { anchorOf } from "./anchor";

describe("anchorOf", () => {
  it.each([
    ["#turn-0190-ab", { turnId: "0190-ab", part: "said" }],
    ["#reply-0190-ab", { turnId: "0190-ab", part: "reply" }],
    ["", null],
    ["#main", null],
    ["#turn-", null],
    ['#turn-"><img', null],
  ])("%s", (hash, anchor) => {
    expect(anchorOf(hash)).toEqual(anchor);
  });
});
