// @vitest-environment node
// Splitting markdown while it streams.

import { describe, expect, it } from "vitest";
import { blocksOf } from "./blocks";

describe("blocksOf", () => {
  it.each<[string, string, number]>([
    ["paragraphs", "One\n\nTwo\n\nThree", 3],
    ["fences with blank lines", "```js\na\n\nb\n```\n\nAfter", 2],
    ["an open fence", "Text\n\n```\na\n\nb", 2],
    ["a fence in a longer fence", "````\n```\n\n```\n````\n\nAfter", 2],
    ["loose lists", "- a\n\n- b\n\n  more of b\n\nAfter", 2],
    ["ordered lists", "1. a\n\n2. b\n\nAfter", 2],
    ["tables", "| a |\n|---|\n| b |\n\nAfter", 2],
    ["indented code", "    one\n\n    two\n\nAfter", 2],
    ["a text with definitions", "See [it][1].\n\nMore.\n\n[1]: https://example.com", 1],
    ["nothing", "", 1],
  ])("keeps %s whole", (_name, text, count) => {
    const blocks = blocksOf(text);
    expect(blocks).toHaveLength(count);
    expect(blocks.join("\n")).toBe(text);
  });

  it("never changes a finished block while text is added", () => {
    const text = "# Title\n\nPara one.\n\n- a\n- b\n\nPara two.\n\n```\ncode\n\ncode\n```\n\nEnd";
    let before: readonly string[] = [];
    for (let length = 1; length <= text.length; length += 1) {
      const now = blocksOf(text.slice(0, length));
      expect(now.length).toBeGreaterThanOrEqual(before.length);
      expect(now.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
      before = now;
    }
  });
});
