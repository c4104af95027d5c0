// All that was done to all tasks, newest first: where deleted tasks are found again.

import { ArrowLeft, History } from "lucide-react";
import { useState } from "react";
import { Link } from "wouter";
import { useHere } from "../../app/now";
import { useOperations } from "../../app/tasks";
import { useTitleOf } from "../../app/title";
import { separatorWords } from "../../state/due";
import { DAY, dayOf, instantOf, type Zone } from "../../state/here";
import type { Operation } from "../../state/model";
import { problemOf } from "../../state/problem";
import { PageHeader } from "../PageHeader";
import { Choice } from "../parts/Choice";
import { More } from "../parts/More";
import { Nothing, Skeleton, Trouble } from "../parts/State";
import { OperationItem } from "./OperationItem";

type Shown = "all" | "assistant" | "deleted";

const SHOWN: readonly (readonly [Shown, string])[] = [
  ["all", "Everything"],
  ["assistant", "By assistants"],
  ["deleted", "Deleted"],
];

function belongs({ origin, receipt }: Operation, shown: Shown): boolean {
  if (shown === "assistant") return origin !== "hand";
  return shown === "all" || (receipt.kind === "deleted" && receipt.undoneBy === null);
}

/** The operations of each day, by when it begins, in the order they come. */
function byDay(operations: readonly Operation[], zone: Zone): ReadonlyMap<number, readonly Operation[]> {
  const days = new Map<number, Operation[]>();
  for (const operation of operations) {
    const day = instantOf(dayOf(operation.at, zone) * DAY, zone);
    const known = days.get(day);
    if (known === undefined) days.set(day, [operation]);
    else known.push(operation);
  }
  return days;
}

export function HistoryPage() {
  const [shown, setShown] = useState<Shown>("all");
  useTitleOf("History");
  return (
    <>
      <PageHeader title="History">
        <Link href="/tasks" className="inline-flex min-h-8 items-center gap-2 rounded-md px-2.5 text-sm hover:bg-sunken">
          <ArrowLeft aria-hidden className="size-4" /> Tasks
        </Link>
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto scroll-quiet">
        <div className="mx-auto w-full max-w-3xl px-4 py-5 md:px-6">
          <Choice label="Show" testId="history-filter" options={SHOWN} value={shown} onChange={setShown} />
          <Days shown={shown} />
        </div>
      </div>
    </>
  );
}

function emptyWords(shown: Shown, more: boolean): string {
  if (more) return shown === "deleted" ? "Nothing is deleted among the newest changes" : "Nothing like that among the newest changes";
  return shown === "deleted" ? "Nothing is deleted" : "Nothing has happened yet";
}

function Days({ shown }: { readonly shown: Shown }) {
  const here = useHere();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useOperations("");
  if (data === undefined) {
    return error === null ? (
      <Skeleton lines={6} label="Loading the history" />
    ) : (
      <Trouble title="The history could not be loaded" detail={problemOf(error).message} onRetry={() => void refetch()} />
    );
  }
  const operations = data.pages.flatMap((page) => page.items).filter((operation) => belongs(operation, shown));
  const days = byDay(operations, here.zone);
  return (
    <div data-testid="history">
      {operations.length === 0 && (
        <Nothing icon={<History />} title={emptyWords(shown, hasNextPage)} testId="no-history">
          {hasNextPage
            ? "Show older ones to look further back."
            : shown === "deleted"
              ? "Deleted tasks can be brought back from here."
              : "Every change to your tasks is listed here, whoever made it, and can be undone."}
        </Nothing>
      )}
      {[...days].map(([day, entries]) => (
        <section key={day} className="mt-5">
          <h2 className="mb-1 px-1 text-xs font-semibold text-muted">{separatorWords(day, here)}</h2>
          <ol className="divide-y divide-line rounded-lg border border-line bg-surface px-4 shadow-raised">
            {entries.map((operation) => (
              <OperationItem key={operation.id} operation={operation} dayless />
            ))}
          </ol>
        </section>
      ))}
      {hasNextPage && <More words="Show older" loading={isFetchingNextPage} onMore={fetchNextPage} size="md" className="mt-3" />}
    </div>
  );
}
