// When something was said. For its first words of a date a browser reads tables, which takes longer than
// to draw a whole message: they come once there is something to read.

import { useNow } from "../../app/now";
import { useStore } from "../../app/services";
import { settled } from "../../app/settled";
import { clockWords, separatorWords } from "../../state/due";
import { createStore } from "../../state/store";

const due = createStore(false);
void settled.then(() => due.update(() => true));

interface TimeProps {
  readonly at: number;
  readonly className?: string;
}

/** The time of day. */
export function TimeOfDay({ at, className }: TimeProps) {
  const isDue = useStore(due, (now) => now);
  return (
    <time dateTime={new Date(at).toISOString()} className={className}>
      {isDue && clockWords(at)}
    </time>
  );
}

/** The day, over the first message of it. */
export function Day({ at }: { readonly at: number }) {
  const isDue = useStore(due, (now) => now);
  const now = useNow();
  return <time dateTime={new Date(at).toISOString()}>{isDue ? separatorWords(at, now) : "\u00a0"}</time>;
}
