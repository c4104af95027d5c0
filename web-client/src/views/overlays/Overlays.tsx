// The keys of the whole page, and what lies over it: the command palette and the sheet of shortcuts.

import { useEffect } from "react";
import { useLocation } from "wouter";
import { wantsNewTask } from "../../app/intents";
import { keysOn } from "../../app/keys-on";
import { type Services, useServices, useStore } from "../../app/services";
import { isPlainKey } from "../../app/typing";
import { PLACES } from "../../state/shortcuts";
import { openDialogs } from "../parts/Dialog";
import { laterDialog } from "../parts/later-dialog";
import { hideOverlay, isMac, overlay, showPalette, showSheet } from "./shown";

const Palette = laterDialog(async () => (await import("./Palette")).Palette);
const Leaving = laterDialog(async () => (await import("./Leaving")).Leaving);
const Sheet = laterDialog(async () => (await import("./Sheet")).Sheet);

/** How long a first key waits for the second one. */
const PAIR = 1500;

export function Overlays() {
  const services = useServices();
  const [, navigate] = useLocation();
  const shown = useStore(overlay, (which) => which);

  useEffect(() => {
    const pressed = keysOf(services, navigate);
    document.addEventListener("keydown", pressed);
    return () => {
      document.removeEventListener("keydown", pressed);
      hideOverlay();
    };
  }, [services, navigate]);

  if (shown === "palette") return <Palette onClose={hideOverlay} />;
  if (shown === "leaving") return <Leaving onClose={hideOverlay} />;
  return shown === "sheet" ? <Sheet onClose={hideOverlay} /> : null;
}

function keysOf({ desk, toasts }: Services, navigate: (path: string) => void) {
  let led: number | null = null;
  const single: Readonly<Record<string, () => void>> = {
    "?": showSheet,
    c: () => {
      desk.startFresh();
      navigate("/chat");
    },
    n: () => newTask(navigate),
    z: () => toasts.undoLatest(),
  };

  return (event: KeyboardEvent) => {
    if (isPaletteKey(event)) {
      event.preventDefault();
      if (overlay.get() === "palette") hideOverlay();
      else if (openDialogs.get().length === 0) showPalette();
      return;
    }
    if (!isPlainKey(event) || event.repeat || !keysOn.get() || openDialogs.get().length > 0) return;
    const second = led !== null && event.timeStamp - led < PAIR ? PLACES[event.key] : undefined;
    led = null;
    if (second !== undefined) {
      event.preventDefault();
      navigate(second);
    } else if (event.key === "g") {
      led = event.timeStamp;
    } else if (Object.hasOwn(single, event.key)) {
      event.preventDefault();
      single[event.key]?.();
    }
  };
}

/** It writes nothing, so it counts in fields too; but not in the middle of a composition. */
function isPaletteKey(event: KeyboardEvent): boolean {
  if (event.isComposing || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k") return false;
  return isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
}

/** Into the first field for it that can be seen, else on the tasks' own page. */
export function newTask(navigate: (path: string) => void): void {
  wantsNewTask.update(() => true);
  if (wantsNewTask.get()) navigate("/tasks");
}
