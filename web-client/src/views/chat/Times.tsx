// When something was said. The words come once there is something to read: for the first ones a browser
// may have to read its tables.

import { datesRead } from "../../app/dates";
import { useHere, useZone } from "../../app/now";
import { useStore } from "../../app/services";
import { settled } from "../../app/settled";
import { clockWords, separatorWords } from "../../state/due";
import { createStore } from "../../state/store";

const due = createStore(false);
void Promise.all([settled, datesRead]).then(() => due.update(() => true));

interface TimeProps {
  readonly at: number;
  readonly className?: string;
}

/** The time of day. */
export function TimeOfDay({ at, className }: TimeProps) {
  const isDue = useStore(due, (now) => now);
  const zone = useZone();
  return (
    <time dateTime={new Date(at).toISOString()} className={className}>
      {isDue && clockWords(at, zone)}
    </time>
  );
}

/** The day, over the first message of it. */
export function Day({ at }: { readonly at: number }) {
  const isDue = useStore(due, (now) => now);
  const here = useHere();
  return <time dateTime={new Date(at).toISOString()}>{isDue ? separatorWords(at, here) : "\u00a0"}</time>;
}
