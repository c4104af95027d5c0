// Parts of the page that are loaded when they are wanted.
//
// Not React's `lazy`: behind a Suspense boundary React keeps what is ready back for up to 300 ms after
// the last placeholder, once per boundary, and a part that could not be fetched is given up for good.

import { type ComponentType, type ReactNode, useEffect, useSyncExternalStore } from "react";
import { createStore } from "../../state/store";

const PAUSES = [500, 1000, 2000, 4000, 8000] as const;

export interface Later<Props> {
  (props: Props): ReactNode;
  /** Begins to load it, if nothing has yet. */
  readonly load: () => Promise<void>;
}

/** A component that `fetch` brings; `waiting` stands in its place until then. */
export function later<Props extends object>(
  fetch: () => Promise<ComponentType<Props>>,
  waiting: (props: Props) => ReactNode = () => null,
): Later<Props> {
  const part = createStore<{ readonly Part: ComponentType<Props> } | null>(null);
  let loading: Promise<void> | null = null;

  const bring = async () => {
    for (let tries = 0; ; tries += 1) {
      try {
        const Loaded = await fetch();
        part.update(() => ({ Part: Loaded }));
        return;
      } catch (cause) {
        // Out of reach, or replaced by a newer build: the browser asks anew each time.
        if (tries >= PAUSES.length && navigator.onLine) throw cause;
        await pause(PAUSES[Math.min(tries, PAUSES.length - 1)] ?? 0);
      }
    }
  };
  const load = () => {
    loading ??= bring().catch(() => {
      loading = null;
    });
    return loading;
  };

  function Part(props: Props): ReactNode {
    const loaded = useSyncExternalStore(part.subscribe, part.get);
    useEffect(() => void load(), []);
    return loaded === null ? waiting(props) : <loaded.Part {...props} />;
  }
  return Object.assign(Part, { load });
}

/** Waits, but not longer than until the browser is online again. */
function pause(duration: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, duration);
    addEventListener("online", done);
  });
}
