// Places of a thread that are gone to by program: where the reader was, and the message that an address names.
//
// Rows are measured only as they are drawn, so a place is a function of the heights as they are known:
// it is gone to again with every height that becomes known, until the reader moves.

import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Flow } from "../../app/flow";
import { useServices } from "../../app/services";
import { keyOf, type Row } from "../../state/thread";
import { type Anchor, anchorOf, useAnchor } from "./anchor";
import type { Hold } from "./hold";
import type { Layout } from "./layout";

/** How long a message that somebody came for stands out. */
const MARKED_FOR = 4000;
/** How many older messages are read at once on the way to a certain one. */
const FARTHEST = 200;

/** What moves a thread. */
export interface Places {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly layout: Layout;
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
export function useKeptPlace(flow: Flow, { scroller, layout, end, settle }: Places): void {
  useLayoutEffect(() => {
    const { spot } = flow;
    const box = scroller.current;
    if (box === null) return;
    if (spot !== null && anchorOf(location.hash) === null) {
      end.leave(() => at(layout.rows, spot.row, (index) => layout.offset(index) + spot.above));
      if (end.top === null) end.take();
      settle();
    }
    return () => {
      flow.spot = null;
      if (end.held) return;
      // Not the list's own idea of it, which is a frame behind.
      const top = end.top ?? box.scrollTop;
      const index = layout.at(top);
      const row = layout.rows[index]?.key;
      if (row === undefined) return;
      const { rows, listed, heights } = layout;
      flow.spot = { row, above: top - layout.offset(index), tail: rows[listed]?.key ?? null, listed, heights };
    };
    // Once per visit.
  }, [flow, scroller, layout, end, settle]);
}

/** The key of a turn, which may be far back: older messages are read until it is found, or nobody waits for it. */
async function reveal(flow: Flow, turnId: string, left: RefObject<boolean>): Promise<string | null> {
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
export function useGoal(flow: Flow, { scroller, layout, end, settle }: Places): Goal {
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
        const box = scroller.current;
        if (box === null) return null;
        // In the middle; what is taller than the window, from its beginning.
        return at(layout.rows, key, (index) => layout.offset(index) + Math.min(0, layout.size(index) - box.clientHeight) / 2);
      });
      settle();
      setMarked(key);
    },
    [scroller, layout, end, settle],
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
