// Taking back all that a turn did at once, or doing it again.

import { Redo2, Undo2 } from "lucide-react";
import { useServices, useStore } from "../../app/services";
import { useUndoTurn } from "../../app/tasks";
import type { Receipt } from "../../state/model";
import { problemOf } from "../../state/problem";
import { conclusion, fateOf } from "../../state/receipts";
import { Button } from "../parts/Button";

interface UndoAllProps {
  readonly turnId: string;
  readonly receipts: readonly Receipt[];
}

export function UndoAll({ turnId, receipts }: UndoAllProps) {
  const { fates } = useServices();
  const known = useStore(fates, (all) => all);
  const undo = useUndoTurn(turnId);
  // Once all are undone there is only doing again left.
  const redo = receipts.every((receipt) => fateOf(known[receipt.operationId], receipt).undone);
  const { data, variables } = undo;
  return (
    <div className="-mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      <Button
        size="sm"
        busy={undo.isPending}
        data-testid={redo ? "redo-all" : "undo-all"}
        onClick={() => undo.mutate({ redo })}
      >
        {redo ? <Redo2 aria-hidden className="size-4" /> : <Undo2 aria-hidden className="size-4" />}
        {redo ? "Redo all" : "Undo all"} {receipts.length}
        <span className="sr-only"> changes of this answer</span>
      </Button>
      {data !== undefined && variables !== undefined && (
        <p data-testid="undo-all-outcome" className="min-w-0 text-muted">
          {conclusion(data, variables.redo)}
        </p>
      )}
      {undo.error !== null && (
        <p role="alert" data-testid="undo-all-problem" className="min-w-0 text-danger">
          {problemOf(undo.error).message}
        </p>
      )}
    </div>
  );
}
