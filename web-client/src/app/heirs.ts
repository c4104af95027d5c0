// Who sends what a page has left behind: exactly one of those that are still there.
//
// Each life of a page holds a lock with its own name until it ends, however it ends. Whoever gets that
// lock knows that the page is gone and takes its messages over.

import { usableLocks } from "../state/kept";
import type { Outbox, Outgoing } from "../state/outbox";

/** Without locks: how old another page's entry must be before it counts as left behind. */
const ABANDONED_AFTER = 120_000;

const ignore = () => {};
const lockOf = (tab: string) => `taskchat.tab.${tab}`;

/** Calls `inherit` with what other pages have left, now and later; returns how to stop. */
export function inheritFrom(outbox: Outbox, inherit: (entries: readonly Outgoing[]) => void): () => void {
  const locks = usableLocks();
  const over = new AbortController();
  if (locks === undefined) {
    const old = outbox.all().filter((entry) => Date.now() - entry.at > ABANDONED_AFTER);
    for (const tab of new Set(old.map((entry) => entry.tab))) inherit(outbox.adopt(tab));
    return () => {};
  }
  // Held for as long as this page lives, or until it gives its work up.
  void locks
    .request(lockOf(outbox.tab), () => new Promise<void>((resolve) => over.signal.addEventListener("abort", () => resolve())))
    .catch(ignore);

  const watched = new Set<string>();
  const watch = () => {
    for (const tab of outbox.others()) {
      if (watched.has(tab)) continue;
      watched.add(tab);
      void locks
        .request(lockOf(tab), { signal: over.signal }, () => {
          const left = outbox.adopt(tab);
          if (left.length > 0) inherit(left);
        })
        .catch(ignore);
    }
  };
  const stored = ({ key }: StorageEvent) => {
    if (outbox.holds(key)) watch();
  };
  addEventListener("storage", stored);
  watch();
  return () => {
    removeEventListener("storage", stored);
    over.abort();
  };
}
