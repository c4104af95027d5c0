// The time, as far as people see it: it moves on every half minute, and so does what depends on it.

import { useSyncExternalStore } from "react";
import { createStore } from "../state/store";

const STEP = 30_000;

const now = createStore(new Date());
let watched = 0;
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  const stop = now.subscribe(listener);
  if (watched++ === 0) {
    // Nobody has moved it on; what is new enough is left, since all that show it would be drawn again.
    now.update((last) => (Date.now() - last.getTime() < STEP ? last : new Date()));
    timer = setInterval(() => now.update(() => new Date()), STEP);
  }
  return () => {
    stop();
    if (--watched === 0) clearInterval(timer);
  };
}

export function useNow(): Date {
  return useSyncExternalStore(subscribe, now.get);
}

/** The IANA zone that this machine is in. */
export function ownTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
