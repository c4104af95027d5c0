// Light, dark, or whatever the system says. public/theme.js applies the choice before the first paint.

import { createStore } from "../state/store";

export type Theme = "system" | "light" | "dark";

const KEY = "taskchat.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

function stored(): Theme {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === "light" || theme === "dark" ? theme : "system";
  } catch {
    return "system";
  }
}

export const theme = createStore<Theme>(stored());

export function chooseTheme(choice: Theme): void {
  try {
    if (choice === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
  } catch {
    // It then holds for this page only.
  }
  theme.update(() => choice);
  apply();
}

function apply(): void {
  const choice = theme.get();
  const isDark = choice === "dark" || (choice === "system" && dark.matches);
  document.documentElement.dataset["theme"] = isDark ? "dark" : "light";
}

/** Follows the system and other tabs from now on. */
export function watchTheme(): void {
  apply();
  dark.addEventListener("change", apply);
  addEventListener("storage", (event) => {
    if (event.key !== KEY) return;
    theme.update(stored);
    apply();
  });
}
