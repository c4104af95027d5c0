// One entry of the audit trail: what happened, by whose hand, and the ways back.

import { MessageSquareText, Redo2, Undo2 } from "lucide-react";
import { Link } from "wouter";
import { useHere } from "../../app/now";
import { useServices, useStore } from "../../app/services";
import { useUndo } from "../../app/tasks";
import { clockWords, separatorWords } from "../../state/due";
import type { Operation, Origin } from "../../state/model";
import { inLocalTime } from "../../state/outcome";
import { fateOf } from "../../state/receipts";
import { Button } from "../parts/Button";
import { Changes } from "../parts/Changes";

const HANDS: Readonly<Record<Origin, string>> = {
  hand: "by you",
  turn: "by the assistant",
  mcp: "by another assistant",
};

interface OperationItemProps {
  readonly operation: Operation;
  /** Where the day stands above it, the time alone is told. */
  readonly dayless?: boolean;
}

export function OperationItem({ operation, dayless = false }: OperationItemProps) {
  const here = useHere();
  const { fates } = useServices();
  const { receipt, at, origin, turnId } = operation;
  const fate = fateOf(useStore(fates, (all) => all[receipt.operationId]), receipt);
  const when = dayless ? clockWords(at, here.zone) : `${separatorWords(at, here)}, ${clockWords(at, here.zone)}`;
  return (
    <li
      data-testid="operation"
      data-operation-id={operation.id}
      data-kind={receipt.kind}
      data-undone={fate.undone}
      className="flex items-start gap-2 py-2"
    >
      <div className="min-w-0 flex-1 pt-0.5">
        <p className={`text-sm ${fate.undone ? "text-muted line-through decoration-1" : ""}`}>{inLocalTime(receipt.summary, here)}</p>
        {receipt.kind === "updated" && (
          // What had no value before is in the sentence above.
          <Changes changes={receipt.changes.filter(({ before }) => before !== "")} className="mt-0.5 mb-1 space-y-0.5 text-sm text-muted" />
        )}
        <p className="flex flex-wrap items-center gap-x-1.5 text-xs text-muted">
          <time dateTime={new Date(at).toISOString()}>{when}</time>
          <span aria-hidden>·</span>
          <span>{HANDS[origin]}</span>
          {fate.undone && <span>· undone</span>}
          {turnId !== "" && (
            <Link
              href={`/turns/${turnId}`}
              data-testid="operation-message"
              className="inline-flex min-h-6 items-center gap-1 rounded-sm font-medium text-accent underline-offset-2 hover:underline"
            >
              <MessageSquareText aria-hidden className="size-3.5" /> Show the message
            </Link>
          )}
        </p>
        {fate.refusal !== null && (
          <p role="alert" data-testid="undo-refused" className="mt-1 text-sm text-danger">
            {fate.refusal}
          </p>
        )}
      </div>
      <UndoButton operation={operation} undone={fate.undone} busy={fate.busy} />
    </li>
  );
}

function UndoButton({ operation, undone, busy }: { readonly operation: Operation; readonly undone: boolean; readonly busy: boolean }) {
  const undo = useUndo();
  const { receipt } = operation;
  if (!undone && !receipt.undoable) return null;
  const words = undone ? "Redo" : receipt.kind === "deleted" ? "Restore" : "Undo";
  return (
    <Button
      look="quiet"
      size="sm"
      busy={busy}
      data-testid={undone ? "redo" : "undo"}
      aria-label={`${words}: ${receipt.summary}`}
      onClick={() => undo.mutate({ receipt, redo: undone })}
    >
      {undone ? <Redo2 aria-hidden className="size-4" /> : <Undo2 aria-hidden className="size-4" />}
      {words}
    </Button>
  );
}
