// Parts of the page that are loaded when they are wanted.
//
// Not React's `lazy`: behind a Suspense boundary React keeps what is ready back for up to 300 ms after
// the last placeholder, once per boundary, and a part that could not be fetched is given up for good.

import { type ComponentType, type ReactNode, useEffect, useSyncExternalStore } from "react";
import { createStore } from "../../state/store";
import { fetched } from "./fetched";
import { Trouble } from "./State";

export interface Later<Props> {
  (props: Props): ReactNode;
  /** Begins to load it, if nothing has yet. */
  readonly load: () => Promise<void>;
}

type Failing<Props> = (props: Props, retry: () => void) => ReactNode;

/**
 * A component that `fetch` brings; `waiting` stands in its place until then, and `failing` once that
 * was given up.
 */
export function later<Props extends object>(
  fetch: () => Promise<ComponentType<Props>>,
  waiting: (props: Props) => ReactNode = () => null,
  failing: Failing<Props> = (_props, retry) => <Unloaded onRetry={retry} />,
): Later<Props> {
  const part = createStore<{ readonly Part: ComponentType<Props> } | "failed" | null>(null);
  let loading: Promise<void> | null = null;

  const bring = async () => {
    const Loaded = await fetched(fetch);
    part.update(() => ({ Part: Loaded }));
  };
  const load = () => {
    loading ??= bring().catch(() => {
      loading = null;
      part.update(() => "failed");
    });
    return loading;
  };
  const retry = () => {
    part.update(() => null);
    void load();
  };

  function Part(props: Props): ReactNode {
    const loaded = useSyncExternalStore(part.subscribe, part.get);
    // Whoever comes back to it asks anew.
    useEffect(() => void load(), []);
    if (loaded === "failed") return failing(props, retry);
    return loaded === null ? waiting(props) : <loaded.Part {...props} />;
  }
  return Object.assign(Part, { load });
}

/** In the place of a part that could not be fetched: a newer build may have taken its place. */
export function Unloaded({ onRetry }: { readonly onRetry: () => void }) {
  return (
    <Trouble
      title="This part of the page could not be loaded"
      detail="If trying again does not help, reload the page: there may be a newer one."
      onRetry={onRetry}
      reload
    />
  );
}
