// What the person said, and what became of it on its way.

import { Clock, RotateCw, SquarePen } from "lucide-react";
import { memo } from "react";
import type { Flow } from "../../app/flow";
import type { Turn } from "../../state/turn";
import { Button, IconButton } from "../parts/Button";
import { CopyButton } from "./CopyButton";
import type { Place } from "./RowView";
import { TimeOfDay } from "./Times";

interface SaidProps {
  readonly turn: Turn;
  readonly flow: Flow;
  readonly place: Place;
}

export function Said({ turn, flow, place }: SaidProps) {
  if (turn.said === null) return null;
  return (
    <article
      {...place}
      data-testid="user-message"
      data-phase={turn.phase}
      className="group flex flex-col items-end pt-5"
    >
      <h2 className="sr-only">You said</h2>
      <p className="max-w-[85%] rounded-xl rounded-br-sm bg-sunken px-4 py-2.5 text-[1rem] leading-6 whitespace-pre-wrap" dir="auto">
        {turn.said.text}
      </p>
      <div className="mt-1 flex flex-wrap items-center justify-end gap-2 text-xs text-muted">
        {turn.phase === "unsent" ? <Unsent turn={turn} flow={flow} /> : <Status turnKey={turn.key} phase={turn.phase} said={turn.said} flow={flow} />}
      </div>
    </article>
  );
}

interface StatusProps {
  readonly turnKey: string;
  readonly phase: Turn["phase"];
  readonly said: NonNullable<Turn["said"]>;
  readonly flow: Flow;
}

/** The same for every word of the answer that comes in. */
const Status = memo(function Status({ turnKey, phase, said, flow }: StatusProps) {
  if (phase === "waiting") {
    return (
      <>
        <span className="inline-flex items-center gap-1">
          <Clock aria-hidden className="size-3.5" /> Sent after the answer before it
        </span>
        <button
          type="button"
          className="rounded-sm font-medium text-accent underline underline-offset-2"
          onClick={() => takeBack(turnKey, flow)}
        >
          Take back
        </button>
      </>
    );
  }
  if (phase === "sending") return <span>Sending…</span>;
  return (
    <>
      <span className="flex opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100">
        <CopyButton text={said.text} what="message" />
        <IconButton
          label="Edit and send again"
          data-testid="edit-message"
          onClick={() => flow.edit(turnKey)}
          className="size-7"
        >
          <SquarePen className="max-w-4" />
        </IconButton>
      </span>
      <TimeOfDay at={said.at} />
    </>
  );
});

function Unsent({ turn, flow }: { readonly turn: Turn; readonly flow: Flow }) {
  return (
    <div
      role="alert"
      data-testid="send-error"
      className="flex flex-col items-end gap-2 rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger"
    >
      <p>Not sent. {turn.problem?.message}</p>
      <div className="flex gap-2">
        <Button size="sm" look="plain" onClick={() => takeBack(turn.key, flow)} data-testid="edit-unsent">
          <SquarePen aria-hidden className="size-4" /> Edit
        </Button>
        <Button
          size="sm"
          look="plain"
          data-testid="retry-send"
          onClick={() => {
            flow.resend(turn.key);
            // The button goes.
            flow.writing.focus();
          }}
        >
          <RotateCw aria-hidden className="size-4" /> Retry
        </Button>
      </div>
    </div>
  );
}

/** Back into the composer, after whatever is there already. */
function takeBack(turnKey: string, flow: Flow): void {
  const text = flow.discard(turnKey);
  flow.writing.draft.update((draft) => (draft.trim() === "" ? text : `${draft}\n${text}`));
  flow.writing.focus();
}
