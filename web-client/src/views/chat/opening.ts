// A conversation opens from its end: first the last turn, so that it can be read while the rest is being
// drawn, then what fills the window, then everything, as if it were older messages that come in front.

import { useEffect, useMemo, useState } from "react";
import type { Flow } from "../../app/flow";
import { afterPaint } from "../../app/settled";
import { type Row, screenful, type Thread } from "../../state/thread";

/** What is above and below the messages. In pixels. */
const FRAME = 128;

interface Opening {
  /** The rows that are drawn. */
  readonly drawn: readonly Row[];
  /** True when they have last grown at their front. */
  readonly grown: boolean;
  /** True once it is open. */
  readonly ready: boolean;
}

/** How the thread opens: from its end, or, where a place is gone to, as a whole. */
export function useOpening(flow: Flow, rows: readonly Row[], fromEnd: boolean): Opening {
  const [counts] = useState(() => (fromEnd ? steps(flow.thread.get()) : [Infinity]));
  const [{ step, at }, go] = useState<{ readonly step: number; readonly at: readonly Row[] | null }>({ step: 0, at: null });
  const ready = step === counts.length;
  useEffect(
    () => (ready ? undefined : afterPaint(() => go({ step: step + 1, at: flow.thread.get().rows }))),
    [flow, step, ready],
  );

  const count = counts[step] ?? Infinity;
  const drawn = useMemo(() => (count < rows.length ? rows.slice(-count) : rows), [rows, count]);
  return { drawn, grown: rows === at, ready };
}

/** How many rows are drawn, one time after the other. */
function steps(thread: Thread): readonly number[] {
  const last = thread.rows.at(-1)?.turn;
  const ofLast = thread.rows.filter((row) => row.turn === last).length;
  const inSight = screenful(thread, innerHeight - FRAME);
  // What does not fill the window begins at its top, so that nothing is at its place before all is there.
  if (inSight === Infinity) return [Infinity];
  return inSight > ofLast ? [ofLast, inSight, Infinity] : [inSight, Infinity];
}
