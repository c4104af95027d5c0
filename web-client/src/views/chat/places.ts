// Places of a thread that are gone to by program: where the reader was, and the message that an address names.
//
// Rows are measured only as they are drawn, so a place is a function of the heights as they are known:
// it is gone to again with every height that becomes known, until the reader moves.

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { VirtualizerHandle } from "virtua";
import type { Flow } from "../../app/flow";
import { useServices } from "../../app/services";
import { keyOf, type Row } from "../../state/thread";
import { type Anchor, anchorOf, useAnchor } from "./anchor";
import type { Hold } from "./hold";

/** How long a message that somebody came for stands out. */
const MARKED_FOR = 4000;
/** How many older messages are read at once on the way to a certain one. */
const FARTHEST = 200;

export interface Ref<T> {
  current: T;
}

/** What moves a thread. */
export interface Places {
  readonly scroller: Ref<HTMLElement | null>;
  readonly list: Ref<VirtualizerHandle | null>;
  /** What is in the list. */
  readonly rows: () => readonly Row[];
  readonly end: Hold;
  /** Goes where the thread belongs, as far as heights are known. */
  readonly settle: () => void;
}

/** A number for the row of `key` as it is now; `null` without that row. */
function at(rows: readonly Row[], key: string, read: (index: number) => number): number | null {
  const index = rows.findIndex((row) => row.key === key);
  return index < 0 ? null : read(index);
}

/** Back to where the conversation was left; and on leaving, remembers where that is. */
export function useKeptPlace(flow: Flow, { scroller, list, rows, end, settle }: Places): void {
  useLayoutEffect(() => {
    const { spot } = flow;
    const handle = list.current;
    const box = scroller.current;
    if (handle === null || box === null) return;
    if (spot !== null && anchorOf(location.hash) === null) {
      end.leave(() => at(rows(), spot.row, (index) => handle.getItemOffset(index) + spot.above));
      if (end.top === null) end.take();
      settle();
    }
    return () => {
      flow.spot = null;
      if (end.held) return;
      // Not the list's own idea of it, which is a frame behind.
      const top = end.top ?? box.scrollTop;
      const index = handle.findItemIndex(top);
      const row = rows()[index]?.key;
      if (row === undefined) return;
      flow.spot = { row, above: top - handle.getItemOffset(index), rows: rows(), heights: handle.cache };
    };
    // Once per visit.
  }, [flow, scroller, list, rows, end, settle]);
}

/** The key of a turn, which may be far back: older messages are read until it is found, or nobody waits for it. */
async function reveal(flow: Flow, turnId: string, left: Ref<boolean>): Promise<string | null> {
  if (flow.thread.get().load !== "ready") await flow.load();
  for (;;) {
    const now = flow.thread.get();
    const key = keyOf(now, turnId);
    if (key !== null || now.older === null || left.current) return key;
    await flow.loadOlder(FARTHEST);
    // It could not be read.
    if (flow.thread.get().older === now.older) return null;
  }
}

interface Goal {
  /** The key of a row that was gone to, while it stands out. */
  readonly marked: string | null;
  readonly show: (row: Row) => void;
}

/** To the message that the address names, or any other. */
export function useGoal(flow: Flow, { scroller, list, rows, end, settle }: Places): Goal {
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
        return at(rows(), key, (index) => handle.getItemOffset(index) + Math.min(0, handle.getItemSize(index) - box.clientHeight) / 2);
      });
      settle();
      setMarked(key);
    },
    [scroller, list, rows, end, settle],
  );
  const go = useCallback(
    async ({ turnId, part }: Anchor) => {
      end.leave();
      const key = await reveal(flow, turnId, left);
      // With the rows that have come meanwhile in the list.
      await new Promise((resolve) => requestAnimationFrame(resolve));
      if (left.current) return;
      const known = flow.thread.get().rows;
      const row = known.find((each) => each.turn === key && each.part === part) ?? known.find((each) => each.turn === key);
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
