// One tool call as a slip. The outcome is the system's receipt, never the model's prose; what was
// passed and answered is there for whoever wants to see it.

import { Check, ChevronDown, CircleAlert, CircleSlash, LoaderCircle, Search, Undo2 } from "lucide-react";
import type { ReactNode } from "react";
import { useHere } from "../../app/now";
import { useOpened } from "../../app/opened";
import { useServices, useStore } from "../../app/services";
import type { ToolCall } from "../../state/model";
import { type Outcome, outcomeOf, type Tone } from "../../state/outcome";
import { type Fate, fateOf } from "../../state/receipts";
import { Changes } from "../parts/Changes";
import { UndoButton } from "./Receipt";

const ICONS: Readonly<Record<Tone, ReactNode>> = {
  running: <LoaderCircle className="animate-spin" />,
  changed: <Check className="stroke-[2.5]" />,
  undone: <Undo2 />,
  read: <Search />,
  failed: <CircleAlert />,
  stopped: <CircleSlash />,
};

const BADGES: Readonly<Record<Tone, string>> = {
  running: "text-muted",
  changed: "bg-soft text-on-soft",
  undone: "bg-sunken text-muted",
  read: "text-muted",
  failed: "bg-danger-soft text-danger",
  stopped: "text-muted",
};

interface ToolCardProps {
  readonly call: ToolCall;
  /** The turn that it is a call of. */
  readonly turnId: string | null;
  /** True once nothing more will come of the turn. */
  readonly ended: boolean;
}

export function ToolCard({ call, turnId, ended }: ToolCardProps) {
  const { receipt } = call;
  const { fates } = useServices();
  // `fateOf` makes a new object each time, so the store is asked for what it holds.
  const known = useStore(fates, (all) => (receipt === null ? undefined : all[receipt.operationId]));
  const fate = receipt === null ? null : fateOf(known, receipt);
  const outcome = outcomeOf(call, ended, fate?.undone === true, useHere());
  return (
    <div
      data-testid="tool-card"
      data-tool={call.tool}
      data-outcome={outcome.tone}
      className={`rounded-lg border bg-surface shadow-raised ${outcome.tone === "failed" ? "border-danger" : "border-line"}`}
    >
      {receipt === null || fate === null ? (
        <Call call={call} turnId={turnId} outcome={outcome} room="pr-3" />
      ) : (
        <div data-testid="receipt" data-undone={fate.undone} className="relative text-muted max-sm:pb-1.5">
          <Call call={call} turnId={turnId} outcome={outcome} room="pr-3 sm:pr-25" />
          {receipt.kind === "updated" && (
            <Changes changes={receipt.changes} className="flex flex-wrap gap-x-4 gap-y-0.5 pr-3 pb-2.5 pl-12 text-sm" />
          )}
          <Refusal fate={fate} />
          <UndoButton receipt={receipt} fate={fate} />
        </div>
      )}
    </div>
  );
}

interface CallProps extends Pick<ToolCardProps, "call" | "turnId"> {
  readonly outcome: Outcome;
  /** Space at the end of the first line, where the button for undoing may stand. */
  readonly room: string;
}

function Call({ call, turnId, outcome, room }: CallProps) {
  return (
    <details {...useOpened(`${turnId} ${call.id}`)} className="group/card text-ink">
      <summary className={`flex min-h-11 items-center gap-3 rounded-lg py-2 pl-3 ${room}`}>
        <Badge tone={outcome.tone} />
        <span className="flex min-w-0 flex-1 flex-col lg:flex-row lg:items-center lg:gap-3">
          <Words outcome={outcome} />
          <code className="shrink-0 text-xs text-muted" data-testid="tool-name">
            {call.tool}
          </code>
        </span>
        <ChevronDown
          aria-hidden
          className="size-4 shrink-0 text-muted transition-transform group-open/card:rotate-180"
        />
        <span className="sr-only">Details</span>
      </summary>
      <div className="space-y-3 border-t border-line p-3 text-sm">
        <Raw title={`Passed to ${call.tool}`} value={call.args} />
        {call.result !== null && <Raw title="Answered" value={call.result} />}
      </div>
    </details>
  );
}

function Badge({ tone }: { readonly tone: Tone }) {
  return (
    <span
      aria-hidden
      className={`grid size-6 shrink-0 place-items-center rounded-full [&_svg]:size-4 ${BADGES[tone]}`}
    >
      {ICONS[tone]}
    </span>
  );
}

function Words({ outcome: { tone, words } }: { readonly outcome: Outcome }) {
  return (
    <span className={`min-w-0 flex-1 ${tone === "running" || tone === "stopped" ? "text-muted" : ""}`}>
      {tone === "failed" && <span className="font-medium text-danger">Failed: </span>}
      {tone === "undone" && <span className="font-medium">Undone: </span>}
      <span data-testid="tool-outcome" className={tone === "undone" ? "text-muted line-through decoration-1" : ""}>
        {words}
      </span>
    </span>
  );
}

function Refusal({ fate }: { readonly fate: Fate }) {
  if (fate.refusal === null) return null;
  return (
    <p role="alert" data-testid="undo-refused" className="pr-3 pb-2 pl-12 text-sm text-danger">
      {fate.refusal}
    </p>
  );
}

function Raw({ title, value }: { readonly title: string; readonly value: unknown }) {
  return (
    <div>
      <p className="mb-1 text-xs font-medium text-muted">{title}</p>
      <pre
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolled with the keyboard
        tabIndex={0}
        className="max-h-64 overflow-auto rounded-md bg-sunken p-2.5 text-xs leading-5 whitespace-pre-wrap scroll-quiet"
      >
        {JSON.stringify(value, null, 2)}
      </pre>
    </div>
  );
}
