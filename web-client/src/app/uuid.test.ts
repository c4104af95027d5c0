// @vitest-environment node
// Random names.

import { expect, it, vi } from "vitest";
import { uuid } from "./uuid";

it("is a random UUID where the browser has none to give", () => {
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  const all = Array.from({ length: 200 }, uuid);
  for (const each of all) expect(each).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(all).size).toBe(all.length);
  vi.unstubAllGlobals();
});
