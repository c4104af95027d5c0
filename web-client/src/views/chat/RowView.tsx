// One row of the thread: half a turn, with the day above it where a new one begins.

import { memo, useEffect, useRef } from "react";
import type { Flow } from "../../app/flow";
import { useStore } from "../../app/services";
import { type Row, turnOf } from "../../state/thread";
import { Boundary } from "../parts/Boundary";
import { Day } from "./Times";
import { Reply } from "./Reply";
import { Said } from "./Said";

interface RowViewProps {
  readonly row: Row;
  readonly flow: Flow;
  /** The first one of a day. */
  readonly fresh: boolean;
  /** Somebody came for this one. */
  readonly marked: boolean;
  /** 1, 2, 3 ... from the first message; `null` while that is not known. */
  readonly position: number | null;
  readonly total: number;
}

export const RowView = memo(function RowView({ row, flow, fresh, marked, position, total }: RowViewProps) {
  const turn = useStore(flow.thread, (thread) => turnOf(thread, row.turn));
  const box = useRef<HTMLDivElement>(null);
  // The cursor goes along: the next Tab, and a screen reader, begin here.
  useEffect(() => {
    if (!marked) return;
    let frame = 0;
    let tries = 0;
    // Until the list has measured it, a row is hidden, and what is hidden takes no focus.
    const focus = () => {
      box.current?.focus({ preventScroll: true });
      if (document.activeElement !== box.current && (tries += 1) < 60) frame = requestAnimationFrame(focus);
    };
    focus();
    return () => cancelAnimationFrame(frame);
  }, [marked]);
  if (turn === undefined) return null;
  const place = { "aria-setsize": total, ...(position === null ? {} : { "aria-posinset": position }) };
  return (
    <div
      ref={box}
      tabIndex={-1}
      data-row={row.key}
      data-marked={marked || undefined}
      className={`mx-auto w-full max-w-3xl rounded-lg px-4 -outline-offset-2! transition-colors duration-700 [contain:content] md:px-6 ${marked ? "bg-soft" : ""}`}
    >
      {fresh && row.at !== null && (
        <p className="flex items-center gap-3 pt-6 pb-1 text-xs font-medium text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
          <Day at={row.at} />
        </p>
      )}
      {row.part === "said" ? (
        <Said turn={turn} flow={flow} place={place} />
      ) : (
        <Boundary title="This answer cannot be shown" about={turn.phase}>
          <Reply turn={turn} flow={flow} place={place} />
        </Boundary>
      )}
    </div>
  );
});

/** Where an article stands among all of them. */
export interface Place {
  readonly "aria-setsize": number;
  readonly "aria-posinset"?: number;
}
