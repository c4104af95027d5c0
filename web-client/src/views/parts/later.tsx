// Parts of the page that are loaded when they are wanted.
//
// Not React's `lazy`: behind a Suspense boundary React keeps what is ready back for up to 300 ms after
// the last placeholder, once per boundary, and a part that could not be fetched is given up for good.

import { type ComponentType, type ReactNode, useEffect, useSyncExternalStore } from "react";
import { createStore } from "../../state/store";
import { fetched } from "./fetched";

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
    const Loaded = await fetched(fetch);
    part.update(() => ({ Part: Loaded }));
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
