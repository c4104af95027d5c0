// The time, as far as people see it: it moves on every half minute, and so does what depends on it.

import { useSyncExternalStore } from "react";
import { createStore } from "../state/store";

const now = createStore(new Date());
let watched = 0;
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  const stop = now.subscribe(listener);
  if (watched++ === 0) {
    now.update(() => new Date());
    timer = setInterval(() => now.update(() => new Date()), 30_000);
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
