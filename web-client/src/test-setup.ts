// What jsdom lacks of a browser.

import { cleanup } from "@testing-library/react";
import { afterEach, vi } from "vitest";

const inBrowser = typeof document !== "undefined";

afterEach(() => {
  vi.useRealTimers();
  if (!inBrowser) return;
  cleanup();
  localStorage.clear();
  sessionStorage.clear();
});

if (inBrowser) {
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
  // What is not laid out can be neither scrolled to nor hidden.
  Element.prototype.scrollIntoView ??= () => {};
  Element.prototype.checkVisibility ??= () => true;

  HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
    this.open = false;
  };

  globalThis.matchMedia ??= (query: string) =>
    ({ matches: false, media: query, addEventListener: () => {}, removeEventListener: () => {} }) as unknown as MediaQueryList;

  globalThis.ResizeObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
}
