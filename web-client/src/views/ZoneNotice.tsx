// Says that times are not those of this device: somebody has travelled, or the account began elsewhere.

import { Clock } from "lucide-react";
import { useRef, useState } from "react";
import { useChoose } from "../app/account";
import { ownTimeZone, useZone } from "../app/now";
import { useServices } from "../app/services";
import { agree, type Zone } from "../state/here";
import { kept } from "../state/kept";
import { problemOf } from "../state/problem";
import { Button } from "./parts/Button";
import { handOn } from "./parts/focus";

/** Which zone the person wanted to keep, and where this device was then. */
const KEPT = "taskchat.zone-kept";

export function ZoneNotice() {
  const zone = useZone();
  return zone === null || agree(zone, null) ? null : <Question zone={zone} own={ownTimeZone()} />;
}

function Question({ zone, own }: { readonly zone: NonNullable<Zone>; readonly own: string }) {
  const choose = useChoose();
  const { toasts } = useServices();
  const notice = useRef<HTMLElement>(null);
  // Before it goes, with the button that has the focus.
  const leave = () => notice.current !== null && handOn(notice.current, null);
  const answer = `${zone} ${own}`;
  const [answered, setAnswered] = useState(() => kept.read(KEPT));
  if (answered === answer) return null;
  const keep = () => {
    leave();
    kept.write(KEPT, answer);
    setAnswered(answer);
  };
  const change = () => {
    leave();
    choose.mutate({ timeZone: own }, { onError: (cause) => toasts.warn(problemOf(cause).message) });
  };
  return (
    <section
      ref={notice}
      aria-label="Time zone"
      data-testid="zone-notice"
      className="flex flex-wrap items-center justify-center gap-x-3 gap-y-1 border-b border-line bg-soft px-4 py-1 text-sm text-on-soft"
    >
      <p className="flex items-center gap-2">
        <Clock aria-hidden className="size-4 shrink-0" />
        Times are those of {placeOf(zone)}. This device is in {placeOf(own)}.
      </p>
      <span className="flex gap-1">
        <Button size="sm" busy={choose.isPending} data-testid="zone-change" onClick={change}>
          Use {placeOf(own)}
        </Button>
        <Button size="sm" look="quiet" data-testid="zone-keep" onClick={keep}>
          Keep {placeOf(zone)}
        </Button>
      </span>
    </section>
  );
}

/** "New York" of "America/New_York". */
function placeOf(zone: string): string {
  return zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " ");
}
