// Which of the two overlays is open: the palette or the sheet of shortcuts.

import { createStore } from "../../state/store";

export type Overlay = "palette" | "sheet" | null;

export const overlay = createStore<Overlay>(null);
export const showPalette = (): void => overlay.update(() => "palette");
export const showSheet = (): void => overlay.update(() => "sheet");
export const hideOverlay = (): void => overlay.update(() => null);

export const isMac = /\bMac/.test(navigator.userAgent);
