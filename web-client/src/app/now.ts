// The time, as far as people see it: it moves on every half minute, and so does what depends on it. So
// does what depends on where they are.

import { useSyncExternalStore } from "react";
import { type Here, here, type Zone, zone } from "../state/here";
import { createStore } from "../state/store";

const STEP = 30_000;

const now = createStore(here());
zone.subscribe(() => now.update(here));
let watched = 0;
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  const stop = now.subscribe(listener);
  if (watched++ === 0) {
    // Nobody has moved it on; what is new enough is left, since all that show it would be drawn again.
    now.update((last) => (Date.now() - last.now < STEP ? last : here()));
    timer = setInterval(() => now.update(here), STEP);
  }
  return () => {
    stop();
    if (--watched === 0) clearInterval(timer);
  };
}

export function useHere(): Here {
  return useSyncExternalStore(subscribe, now.get);
}

export function useZone(): Zone {
  return useSyncExternalStore(zone.subscribe, zone.get);
}

/** The IANA zone that this machine is in. */
export function ownTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
