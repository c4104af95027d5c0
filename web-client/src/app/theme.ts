// Light, dark, or whatever the system says; and with how much contrast. public/theme.js applies the
// choices before the first paint.

import { kept } from "../state/kept";
import { createStore, type Store } from "../state/store";

export type Theme = "system" | "light" | "dark";
export type Contrast = "system" | "normal" | "more";

const dark = matchMedia("(prefers-color-scheme: dark)");
const more = matchMedia("(prefers-contrast: more)");

/** A choice of this device, told to other tabs by the browser. */
class Choice<T extends string> {
  readonly store: Store<T>;

  constructor(
    private readonly key: string,
    private readonly choices: readonly T[],
    private readonly usual: T,
  ) {
    this.store = createStore(this.read());
  }

  choose(choice: T): void {
    kept.write(this.key, choice === this.usual ? null : choice);
    this.store.update(() => choice);
    apply();
  }

  /** What another tab has chosen. */
  heard({ key }: StorageEvent): void {
    if (key === this.key) this.store.update(() => this.read());
  }

  private read(): T {
    const stored = kept.read(this.key);
    return this.choices.find((choice) => choice === stored) ?? this.usual;
  }
}

const themes = new Choice<Theme>("taskchat.theme", ["system", "light", "dark"], "system");
const contrasts = new Choice<Contrast>("taskchat.contrast", ["system", "normal", "more"], "system");

export const theme = themes.store;
export const contrast = contrasts.store;
export const chooseTheme = (choice: Theme): void => themes.choose(choice);
export const chooseContrast = (choice: Contrast): void => contrasts.choose(choice);

function apply(): void {
  const isDark = theme.get() === "dark" || (theme.get() === "system" && dark.matches);
  const isMore = contrast.get() === "more" || (contrast.get() === "system" && more.matches);
  const { dataset } = document.documentElement;
  dataset["theme"] = isDark ? "dark" : "light";
  dataset["contrast"] = isMore ? "more" : "normal";
  // The browser's own bar around the page.
  const page = getComputedStyle(document.documentElement).getPropertyValue("--page").trim();
  for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]")) meta.content = page;
}

/** Follows the system and other tabs from now on. */
export function watchTheme(): void {
  apply();
  dark.addEventListener("change", apply);
  more.addEventListener("change", apply);
  addEventListener("storage", (event) => {
    themes.heard(event);
    contrasts.heard(event);
    apply();
  });
}
