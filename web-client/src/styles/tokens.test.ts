// @vitest-environment node
// The arithmetic behind the colours: WCAG 2.2 contrast in both themes, with and without high contrast.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync("src/styles/tokens.css", "utf8");

function tokens(selector: string): Map<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split("}")[0] ?? "";
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = "", value = ""]) => [name, value]));
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [bright = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (bright + 0.05) / (dark + 0.05);
}

const TEXT: readonly (readonly [string, readonly string[]])[] = [
  ["ink", ["page", "surface", "sunken", "lifted"]],
  ["muted", ["page", "surface", "sunken"]],
  ["accent", ["page", "surface"]],
  ["on-accent", ["accent", "accent-strong"]],
  ["on-soft", ["soft"]],
  ["danger", ["page", "surface", "danger-soft"]],
  ["surface", ["danger"]],
  ["warn", ["page", "surface", "warn-soft"]],
];

const MORE = '[data-contrast="more"]';

describe.each([
  ["light", [":root"], 4.5, 3],
  ["dark", [":root", ':root[data-theme="dark"]'], 4.5, 3],
  ["light, high contrast", [":root", `:root${MORE}`], 7, 4.5],
  ["dark, high contrast", [":root", ':root[data-theme="dark"]', `:root[data-theme="dark"]${MORE}`], 7, 4.5],
] as const)("%s", (_name, selectors, forText, forLines) => {
  const theme = new Map(selectors.flatMap((selector) => [...tokens(selector)]));
  const of = (name: string) => theme.get(name) ?? "missing";

  it.each(TEXT.flatMap(([text, grounds]) => grounds.map((ground) => [text, ground] as const)))(
    "%s on %s can be read",
    (text, ground) => {
      expect(contrast(of(text), of(ground))).toBeGreaterThanOrEqual(forText);
    },
  );

  it.each([["edge", "surface"], ["edge", "page"], ["accent", "page"]])("%s on %s can be seen", (line, ground) => {
    expect(contrast(of(line), of(ground))).toBeGreaterThanOrEqual(forLines);
  });
});
