// From message to message by keyboard: also to those that are not in the document, as the list has only
// what is in sight.

import { useEffect } from "react";
import type { Flow } from "../../app/flow";
import { keysOn } from "../../app/keys-on";
import { isPlainKey, isTyping } from "../../app/typing";
import { type Row, turnOf } from "../../state/thread";
import { openDialogs } from "../parts/Dialog";
import type { Places } from "./places";

/** Alt and an arrow from wherever nothing is typed yet, letters from the thread. */
function directionOf(event: KeyboardEvent, thread: HTMLElement): -1 | 0 | 1 {
  const { target, key } = event;
  if (event.defaultPrevented || openDialogs.get().length > 0) return 0;
  if (event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    const typed = isTyping(event) && !(target instanceof HTMLTextAreaElement && target.value === "");
    return typed ? 0 : key === "ArrowUp" ? -1 : key === "ArrowDown" ? 1 : 0;
  }
  const here = target instanceof Element && (thread.contains(target) || target === document.body || target.id === "main");
  if (!here || !isPlainKey(event) || !keysOn.get()) return 0;
  return key === "k" ? -1 : key === "j" ? 1 : 0;
}

export function useMessageKeys(flow: Flow, { scroller, layout, end, settle }: Places, show: (row: Row) => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const box = scroller.current;
      const way = box === null ? 0 : directionOf(event, box);
      if (box === null || way === 0) return;
      event.preventDefault();
      const { rows } = flow.thread.get();
      const focused = document.activeElement?.closest<HTMLElement>("[data-row]")?.dataset["row"];
      const here = rows.findIndex((row) => row.key === focused);
      // From outside: the last one in sight, or the first.
      const edge = layout.at(way < 0 ? box.scrollTop + box.clientHeight : box.scrollTop);
      // What is not sent yet has no answer.
      const isDrawn = ({ turn, part }: Row) => part === "said" || !["waiting", "unsent"].includes(turnOf(flow.thread.get(), turn)?.phase ?? "");
      const from = here < 0 ? edge : here + way;
      const next = way < 0 ? rows.slice(0, from + 1).findLast(isDrawn) : rows.slice(from).find(isDrawn);
      if (next !== undefined) {
        show(next);
      } else if (way > 0) {
        end.take();
        settle();
        flow.writing.focus();
      }
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [flow, scroller, layout, end, settle, show]);
}
