// What was done to a task, and by whose hand.

import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { useNow } from "../../app/now";
import { useOperations } from "../../app/tasks";
import { clockWords, separatorWords } from "../../state/due";
import type { Origin } from "../../state/model";
import { inLocalTime } from "../../state/outcome";
import { problemOf } from "../../state/problem";
import { Skeleton, Trouble } from "../parts/State";

const HANDS: Readonly<Record<Origin, string>> = {
  hand: "by you",
  turn: "by the assistant",
  mcp: "by another assistant",
};

interface TaskHistoryProps {
  readonly taskId: string;
  /** Another version has another history. */
  readonly version: number;
}

export function TaskHistory({ taskId, version }: TaskHistoryProps) {
  const [open, setOpen] = useState(false);
  return (
    <details
      className="group/history mt-5 border-t border-line pt-3"
      data-testid="task-history"
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="flex items-center gap-1.5 rounded-md text-sm font-medium text-muted">
        History
        <ChevronDown aria-hidden className="size-4 transition-transform group-open/history:rotate-180" />
      </summary>
      {open && <Entries key={version} taskId={taskId} />}
    </details>
  );
}

function Entries({ taskId }: { readonly taskId: string }) {
  const now = useNow();
  const { data, error, refetch } = useOperations(taskId, true);
  if (error !== null) {
    return <Trouble title="The history could not be loaded" detail={problemOf(error).message} onRetry={() => void refetch()} />;
  }
  if (data === undefined) return <Skeleton lines={2} label="Loading the history" />;
  return (
    <ol className="mt-2 space-y-2 text-sm">
      {data.items.map((operation) => (
        <li key={operation.id} className="flex flex-col">
          <span>{inLocalTime(operation.receipt.summary)}</span>
          <span className="text-xs text-muted">
            {separatorWords(operation.at, now)}, {clockWords(operation.at)}, {HANDS[operation.origin]}
          </span>
        </li>
      ))}
    </ol>
  );
}
