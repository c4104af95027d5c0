// What was done to a task, by whose hand, and the ways back.

import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { useOperations } from "../../app/tasks";
import { problemOf } from "../../state/problem";
import { More } from "../parts/More";
import { Skeleton, Trouble } from "../parts/State";
import { OperationItem } from "./OperationItem";

export function TaskHistory({ taskId }: { readonly taskId: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details
      className="group/history mt-5 border-t border-line pt-3"
      data-testid="task-history"
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="flex min-h-8 items-center gap-1.5 rounded-md text-sm font-medium text-muted hover:text-ink">
        History
        <ChevronDown aria-hidden className="size-4 transition-transform group-open/history:rotate-180" />
      </summary>
      {open && <Entries taskId={taskId} />}
    </details>
  );
}

function Entries({ taskId }: { readonly taskId: string }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useOperations(taskId);
  if (data === undefined) {
    return error === null ? (
      <Skeleton lines={2} label="Loading the history" />
    ) : (
      <Trouble title="The history could not be loaded" detail={problemOf(error).message} onRetry={() => void refetch()} />
    );
  }
  return (
    <>
      <ol className="mt-1 divide-y divide-line">
        {data.pages.flatMap((page) =>
          page.items.map((operation) => <OperationItem key={operation.id} operation={operation} />),
        )}
      </ol>
      {hasNextPage && <More words="Show older" loading={isFetchingNextPage} onMore={fetchNextPage} />}
    </>
  );
}
