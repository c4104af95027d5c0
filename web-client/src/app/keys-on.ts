// Whether letters by themselves are shortcuts: people who dictate, or whose keys slip, turn that off
// (WCAG 2.1.4). Kept on this device.

import { kept } from "../state/kept";
import { createStore } from "../state/store";

const KEY = "taskchat.letters";

export const keysOn = createStore(kept.read(KEY) !== "off");

export function turnKeys(on: boolean): void {
  kept.write(KEY, on ? null : "off");
  keysOn.update(() => on);
}
