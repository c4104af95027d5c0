// Addresses inside a conversation: "#turn-<id>" is what was said, "#reply-<id>" what was answered.
// Search, and the history of a task, lead there.

import { useEffect } from "react";

export interface Anchor {
  readonly turnId: string;
  readonly part: "said" | "reply";
}

export function anchorOf(hash: string): Anchor | null {
  const [, kind, turnId] = /^#(turn|reply)-([0-9a-zA-Z-]+)$/.exec(hash) ?? [];
  if (turnId === undefined) return null;
  return { turnId, part: kind === "turn" ? "said" : "reply" };
}

/** Calls `go` for the address as it is, and whenever somebody goes to one. */
export function useAnchor(go: (anchor: Anchor) => void): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    // One step through the history may be told by several events.
    const look = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const anchor = anchorOf(location.hash);
        if (anchor !== null) go(anchor);
      }, 0);
    };
    look();
    const events = ["hashchange", "pushState", "replaceState", "popstate"] as const;
    for (const event of events) addEventListener(event, look);
    return () => {
      clearTimeout(timer);
      for (const event of events) removeEventListener(event, look);
    };
  }, [go]);
}
