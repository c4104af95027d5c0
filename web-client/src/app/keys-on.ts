// Whether letters by themselves are shortcuts: people who dictate, or whose keys slip, turn that off
// (WCAG 2.1.4). Kept on this device.

import { createStore } from "../state/store";

const KEY = "taskchat.letters";

function stored(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

export const keysOn = createStore(stored());

export function turnKeys(on: boolean): void {
  try {
    if (on) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, "off");
  } catch {
    // It then holds for this page only.
  }
  keysOn.update(() => on);
}
