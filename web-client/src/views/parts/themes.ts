// The themes to choose from, in words.

import type { Theme } from "../../app/theme";

export const THEMES: readonly (readonly [Theme, string])[] = [
  ["system", "System"],
  ["light", "Light"],
  ["dark", "Dark"],
];
