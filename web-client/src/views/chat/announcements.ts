// What a screen reader is told about a turn: its phases, never its text.

import { useEffect, useRef } from "react";
import type { Flow } from "../../app/flow";
import { useServices } from "../../app/services";
import { type Thread, turnOf } from "../../state/thread";
import type { Phase } from "../../state/turn";

const WORDS: Readonly<Partial<Record<Phase, string>>> = {
  running: "Assistant is answering",
  completed: "Answer complete",
  cancelled: "Answer stopped",
  interrupted: "Answer was cut off",
  failed: "The assistant could not answer",
  unsent: "Message could not be sent",
};

/** The phase of the newest turn that has left the queue. */
function current(thread: Thread): { readonly key: string; readonly phase: Phase } | null {
  for (let at = thread.order.length - 1; at >= 0; at -= 1) {
    const turn = turnOf(thread, thread.order[at] ?? "");
    if (turn !== undefined && turn.phase !== "waiting") return { key: turn.key, phase: turn.phase };
  }
  return null;
}

export function useAnnouncements(flow: Flow): void {
  const { toasts } = useServices();
  const last = useRef<{ readonly flow: Flow; readonly seen: string } | null>(null);
  useEffect(() => {
    const look = () => {
      const thread = flow.thread.get();
      const now = current(thread);
      const seen = `${now?.key}:${now?.phase}`;
      // What is there when a conversation is opened is no news.
      const news = last.current?.flow === flow && last.current.seen !== seen && thread.load !== "loading";
      const known = last.current?.flow === flow && last.current.seen.startsWith(`${now?.key}:`);
      last.current = { flow, seen };
      if (!news || now === null) return;
      const fresh = known || now.phase === "running" || now.phase === "unsent";
      const words = WORDS[now.phase];
      if (fresh && words !== undefined) toasts.say(words);
    };
    look();
    return flow.thread.subscribe(look);
  }, [flow, toasts]);
}
