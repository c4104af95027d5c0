// The task list by keyboard: which row is meant, and where the focus goes when a row does.

import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import { keysOn } from "../../app/keys-on";
import { wantsNewTask } from "../../app/intents";
import { isPlainKey } from "../../app/typing";
import { openDialogs } from "../parts/Dialog";

/** The parts of a row that keys act on. */
type Part = "open" | "toggle" | "edit" | "delete";

const rowsOf = (list: HTMLElement) => [...list.querySelectorAll<HTMLElement>("[data-task-id]")];
const partOf = (row: HTMLElement | undefined, part: Part) => row?.querySelector<HTMLElement>(`[data-part=${part}]`);

interface Place {
  readonly element: HTMLElement;
  readonly id: string | undefined;
  readonly at: number;
  readonly part: Part;
}

/**
 * `everywhere` is for a page that is about its list: its keys count wherever the focus is. Else they
 * count in the list only.
 */
export function useTaskKeys(list: RefObject<HTMLElement | null>, everywhere: boolean): void {
  const place = useRef<Place | null>(null);

  useEffect(() => {
    const remember = ({ target }: FocusEvent) => {
      const row = target instanceof HTMLElement ? target.closest<HTMLElement>("[data-task-id]") : null;
      if (row === null || !(target instanceof HTMLElement) || list.current?.contains(row) !== true) {
        // Somewhere else now; unless that is nowhere, since the row has gone.
        place.current = null;
        return;
      }
      const part = (target.dataset["part"] as Part | undefined) ?? "open";
      place.current = { element: target, id: row.dataset["taskId"], at: rowsOf(list.current).indexOf(row), part };
    };
    document.addEventListener("focusin", remember);
    return () => document.removeEventListener("focusin", remember);
  }, [list]);

  // After every change of the list: a row that took the focus with it leaves it to its neighbour, and
  // one that only moved keeps it.
  useLayoutEffect(() => {
    const was = place.current;
    if (was === null || list.current === null || was.element.isConnected || document.activeElement !== document.body) return;
    const rows = rowsOf(list.current);
    const same = was.part === "toggle" ? rows.find((row) => row.dataset["taskId"] === was.id) : undefined;
    const part = same === undefined ? "open" : was.part;
    const next = partOf(same ?? rows[Math.min(was.at, rows.length - 1)], part);
    if (next) next.focus();
    else document.getElementById("main")?.focus();
  });

  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (list.current === null || !isPlainKey(event) || openDialogs.get().length > 0) return;
      const inside = event.target instanceof Node && list.current.contains(event.target);
      const nowhere = event.target === document.body || (event.target as Element).id === "main";
      if (!inside && !(everywhere && nowhere)) return;
      if (act(list.current, event)) event.preventDefault();
    };
    // Some browsers press a focused button when the space bar is let go.
    const released = (event: KeyboardEvent) => {
      const { target } = event;
      if (event.key === " " && target instanceof HTMLElement && target.dataset["part"] === "open") event.preventDefault();
    };
    document.addEventListener("keydown", pressed);
    const element = list.current;
    element?.addEventListener("keyup", released);
    return () => {
      document.removeEventListener("keydown", pressed);
      element?.removeEventListener("keyup", released);
    };
  }, [list, everywhere]);
}

/** True when the key was one of ours. */
function act(list: HTMLElement, event: KeyboardEvent): boolean {
  const rows = rowsOf(list);
  const focused = document.activeElement?.closest<HTMLElement>("[data-task-id]") ?? undefined;
  const at = focused === undefined ? -1 : rows.indexOf(focused);
  const go = (to: number) => partOf(rows[Math.max(0, Math.min(to, rows.length - 1))], "open")?.focus();
  const letters = keysOn.get();
  switch (event.key) {
    case "ArrowDown":
      go(at + 1);
      return true;
    case "ArrowUp":
      go(at === -1 ? rows.length - 1 : at - 1);
      return true;
    case "Home":
      go(0);
      return focused !== undefined;
    case "End":
      go(rows.length - 1);
      return focused !== undefined;
    case "Delete":
      partOf(focused, "delete")?.click();
      return focused !== undefined;
    case " ":
      if ((event.target as HTMLElement).dataset["part"] !== "open") return false;
      partOf(focused, "toggle")?.click();
      return true;
  }
  if (!letters) return false;
  switch (event.key) {
    case "j":
      go(at + 1);
      return true;
    case "k":
      go(at === -1 ? rows.length - 1 : at - 1);
      return true;
    case "x":
      partOf(focused, "toggle")?.click();
      return focused !== undefined;
    case "e":
      partOf(focused, "edit")?.click();
      return focused !== undefined;
    case "n":
      wantsNewTask.update(() => true);
      return true;
  }
  return false;
}
