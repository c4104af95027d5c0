// What a screen reader is told about turns: their phases, never their text.

import { useEffect } from "react";
import type { Flow } from "../../app/flow";
import { useServices } from "../../app/services";
import { type Thread, turnOf } from "../../state/thread";
import type { Phase } from "../../state/turn";

const WORDS: Readonly<Partial<Record<Phase, string>>> = {
  running: "Assistant is answering",
  waiting_for_approval: "The assistant asks for your approval",
  completed: "Answer complete",
  cancelled: "Answer stopped",
  interrupted: "Answer was cut off",
  failed: "The assistant could not answer",
  unsent: "Message could not be sent",
};

type Phases = ReadonlyMap<string, Phase>;

/** The turns that still change. */
function phasesOf(thread: Thread): Phases {
  return new Map(Object.values(thread.live).map((turn) => [turn.key, turn.phase]));
}

/** What has become of the turns seen before, and of those that have begun since. */
function news(thread: Thread, before: Phases, now: Phases): readonly Phase[] {
  const ended = [...before.keys()].filter((key) => !now.has(key));
  const moved = [...now].filter(([key, phase]) => before.get(key) !== phase);
  return [...ended.map((key) => turnOf(thread, key)?.phase), ...moved.map(([, phase]) => phase)].filter(
    (phase) => phase !== undefined,
  );
}

export function useAnnouncements(flow: Flow): void {
  const { toasts } = useServices();
  useEffect(() => {
    // What is there when a conversation is opened is no news.
    let before = phasesOf(flow.thread.get());
    let live = flow.thread.get().live;
    return flow.thread.subscribe(() => {
      const thread = flow.thread.get();
      if (thread.live === live) return;
      live = thread.live;
      const now = phasesOf(thread);
      for (const phase of news(thread, before, now)) {
        const words = WORDS[phase];
        if (words !== undefined) toasts.say(words);
      }
      before = now;
    });
  }, [flow, toasts]);
}
