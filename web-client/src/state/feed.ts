// Where a tab stands in the numbered news of its person's tasks. The news may come twice, late or with
// holes: from the tab that listens to the server, and after that tab has been closed from the server.

import type { Tiding } from "./model";

/** The number of the latest news taken; `null` before it is known. */
export type Place = number | null;

export type Verdict =
  /** New: to be taken into the lists. */
  | "take"
  /** Known already. */
  | "skip"
  /** Something is missing: the lists have to be read anew. */
  | "reread";

export function judge(place: Place, tiding: Tiding): readonly [Place, Verdict] {
  switch (tiding.kind) {
    case "alive":
      return [place, "skip"];
    case "ready":
      // A server that knows less than we do has been put back to an older state.
      return tiding.seq === place ? [place, "skip"] : [tiding.seq, "reread"];
    case "operation":
      if (place === null) return [tiding.seq, "take"];
      if (tiding.seq <= place) return [place, "skip"];
      return [tiding.seq, tiding.seq === place + 1 ? "take" : "reread"];
  }
}
