// @vitest-environment node
// Finding names by a few letters.

import { describe, expect, it } from "vitest";
import { fit, ranked } from "./fuzzy";

describe("fit", () => {
  it.each([
    ["nt", "New task", true],
    ["NEWT", "New task", true],
    ["new task", "New task", true],
    ["tn", "New task", false],
    ["cafe", "Café at noon", true],
    ["", "Anything", true],
    ["x", "", false],
    ["日本", "日本へ行く", true],
  ])("%j in %j: %j", (typed, name, fits) => {
    expect(fit(typed, name) !== null).toBe(fits);
  });

  it("tells where the letters are", () => {
    expect(fit("nt", "New task")?.at).toEqual([0, 4]);
  });
});

describe("ranked", () => {
  it.each([
    ["set", ["Open the sheet", "Settings", "Sunset walk"], ["Settings", "Sunset walk"]],
    ["pla", ["Put it on my list and forget", "Plan the week"], ["Plan the week", "Put it on my list and forget"]],
    ["gt", ["Bright", "Go to tasks"], ["Go to tasks", "Bright"]],
    ["", ["b", "a"], ["b", "a"]],
    ["pass", ["Show open tasks", "Renew the passport"], ["Renew the passport"]],
    ["zz", ["a"], []],
  ])("%j in %j: %j", (typed, names, order) => {
    expect(ranked(typed, names, (name) => name).items).toEqual(order);
  });
});
