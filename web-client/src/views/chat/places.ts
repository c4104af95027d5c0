// Places of a thread that are gone to by program: where the reader was, and the message that an address names.
//
// Rows are measured only as they are drawn, so a place is a function of the heights as they are known:
// it is gone to again with every height that becomes known, until the reader moves.

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { VirtualizerHandle } from "virtua";
import type { Flow } from "../../app/flow";
import { useServices } from "../../app/services";
import type { Row } from "../../state/thread";
import { type Anchor, anchorOf, useAnchor } from "./anchor";
import type { Hold } from "./hold";

/** How long a message that somebody came for stands out. */
const MARKED_FOR = 4000;

export interface Ref<T> {
  current: T;
}

/** What moves a thread. */
export interface Places {
  readonly scroller: Ref<HTMLElement | null>;
  readonly list: Ref<VirtualizerHandle | null>;
  readonly end: Hold;
  /** Goes where the thread belongs, as far as heights are known. */
  readonly settle: () => void;
}

/** A number for the row of `key` as it is now; `null` without that row. */
function at(flow: Flow, key: string, read: (index: number) => number): number | null {
  const index = flow.thread.get().rows.findIndex((row) => row.key === key);
  return index < 0 ? null : read(index);
}

/** Back to where the conversation was left; and on leaving, remembers where that is. */
export function useKeptPlace(flow: Flow, { scroller, list, end, settle }: Places): void {
  useLayoutEffect(() => {
    const { spot } = flow;
    const handle = list.current;
    const box = scroller.current;
    if (handle === null || box === null) return;
    if (spot !== null && anchorOf(location.hash) === null) {
      end.leave(() => at(flow, spot.row, (index) => handle.getItemOffset(index) + spot.above));
      if (end.top === null) end.take();
      settle();
    }
    return () => {
      flow.spot = null;
      if (end.held) return;
      // Not the list's own idea of it, which is a frame behind.
      const top = end.top ?? box.scrollTop;
      const index = handle.findItemIndex(top);
      const { rows } = flow.thread.get();
      const row = rows[index]?.key;
      if (row !== undefined) flow.spot = { row, above: top - handle.getItemOffset(index), rows, heights: handle.cache };
    };
    // Once per visit.
  }, [flow, scroller, list, end, settle]);
}

interface Goal {
  /** The key of a row that was gone to, while it stands out. */
  readonly marked: string | null;
  readonly show: (row: Row) => void;
}

/** To the message that the address names, or any other. */
export function useGoal(flow: Flow, { scroller, list, end, settle }: Places): Goal {
  const { toasts } = useServices();
  const [marked, setMarked] = useState<string | null>(null);
  const left = useRef(false);
  useEffect(() => {
    left.current = false;
    return () => {
      left.current = true;
    };
  }, []);

  const show = useCallback(
    ({ key }: Row) => {
      end.leave(() => {
        const [handle, box] = [list.current, scroller.current];
        if (handle === null || box === null) return null;
        // In the middle; what is taller than the window, from its beginning.
        return at(flow, key, (index) => handle.getItemOffset(index) + Math.min(0, handle.getItemSize(index) - box.clientHeight) / 2);
      });
      settle();
      setMarked(key);
    },
    [flow, scroller, list, end, settle],
  );
  const go = useCallback(
    async ({ turnId, part }: Anchor) => {
      end.leave();
      const key = await flow.reveal(turnId);
      // With the rows that have come meanwhile in the list.
      await new Promise((resolve) => requestAnimationFrame(resolve));
      if (left.current) return;
      const { rows } = flow.thread.get();
      const row = rows.find((each) => each.turn === key && each.part === part) ?? rows.find((each) => each.turn === key);
      if (row === undefined) {
        const { olderProblem } = flow.thread.get();
        toasts.warn(olderProblem?.message ?? "That message is not in this conversation any more.");
        end.take();
        settle();
        return;
      }
      show(row);
    },
    [flow, end, settle, show, toasts],
  );
  useAnchor(go);

  useEffect(() => {
    if (marked === null) return;
    const timer = setTimeout(() => setMarked(null), MARKED_FOR);
    return () => clearTimeout(timer);
  }, [marked]);
  return { marked, show };
}
