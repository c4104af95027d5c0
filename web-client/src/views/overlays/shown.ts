// Which of the overlays is open: the palette, the sheet of shortcuts, or the question before signing out.

import { createStore } from "../../state/store";

export type Overlay = "palette" | "sheet" | "leaving" | null;

export const overlay = createStore<Overlay>(null);
export const showPalette = (): void => overlay.update(() => "palette");
export const showSheet = (): void => overlay.update(() => "sheet");
export const showLeaving = (): void => overlay.update(() => "leaving");
export const hideOverlay = (): void => overlay.update(() => null);

export const isMac = /\bMac/.test(navigator.userAgent);
