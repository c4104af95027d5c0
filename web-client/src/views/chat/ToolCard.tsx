// One tool call as a slip. The outcome is the system's receipt, never the model's prose; what was
// passed and answered is there for whoever wants to see it.

import { Check, ChevronDown, CircleAlert, CircleSlash, LoaderCircle, Search } from "lucide-react";
import type { ReactNode } from "react";
import type { ToolCall } from "../../state/model";
import { Receipt } from "./Receipt";
import { outcomeOf, type Tone } from "../../state/outcome";

const ICONS: Readonly<Record<Tone, ReactNode>> = {
  running: <LoaderCircle className="animate-spin" />,
  changed: <Check className="stroke-[2.5]" />,
  read: <Search />,
  failed: <CircleAlert />,
  stopped: <CircleSlash />,
};

const COLOURS: Readonly<Record<Tone, string>> = {
  running: "border-line text-muted",
  changed: "border-line [&_[data-icon]]:bg-soft [&_[data-icon]]:text-on-soft",
  read: "border-line [&_[data-icon]]:text-muted",
  failed: "border-danger [&_[data-icon]]:bg-danger-soft [&_[data-icon]]:text-danger",
  stopped: "border-line text-muted",
};

interface ToolCardProps {
  readonly call: ToolCall;
  /** True once nothing more will come of the turn. */
  readonly ended: boolean;
}

export function ToolCard({ call, ended }: ToolCardProps) {
  const outcome = outcomeOf(call, ended);
  return (
    <div
      data-testid="tool-card"
      data-tool={call.tool}
      data-outcome={outcome.tone}
      className={`rounded-lg border bg-surface shadow-raised ${COLOURS[outcome.tone]}`}
    >
      <details className="group/card">
        <summary className="flex min-h-11 items-center gap-3 rounded-lg px-3 py-2">
          <span
            aria-hidden
            data-icon
            className="grid size-6 shrink-0 place-items-center rounded-full [&_svg]:size-4"
          >
            {ICONS[outcome.tone]}
          </span>
          <span className="min-w-0 flex-1">
            {outcome.tone === "failed" && <span className="font-medium text-danger">Failed: </span>}
            <span data-testid="tool-outcome">{outcome.words}</span>
          </span>
          <code className="hidden shrink-0 text-xs text-muted sm:block">{call.tool}</code>
          <ChevronDown
            aria-hidden
            className="size-4 shrink-0 text-muted transition-transform group-open/card:rotate-180"
          />
          <span className="sr-only">Details</span>
        </summary>
        <div className="space-y-3 border-t border-line px-3 py-3 text-sm">
          <Raw title={`Passed to ${call.tool}`} value={call.args} />
          {call.result !== null && <Raw title="Answered" value={call.result} />}
        </div>
      </details>
      {call.receipt !== null && <Receipt receipt={call.receipt} />}
    </div>
  );
}

function Raw({ title, value }: { readonly title: string; readonly value: unknown }) {
  return (
    <div>
      <p className="mb-1 text-xs font-medium text-muted">{title}</p>
      <pre
        // Scrolled with the keyboard, too.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="max-h-64 overflow-auto rounded-md bg-sunken p-2.5 text-xs leading-5 whitespace-pre-wrap scroll-quiet"
      >
        {JSON.stringify(value, null, 2)}
      </pre>
    </div>
  );
}
