// The lower half of a slip: what changed, and taking it back.

import { Redo2, Undo2 } from "lucide-react";
import { useServices, useStore } from "../../app/services";
import { useUndo } from "../../app/tasks";
import { dueWords } from "../../state/due";
import type { FieldChange, Receipt as Facts } from "../../state/model";
import { fateOf } from "../../state/receipts";
import { Button } from "../parts/Button";

export function Receipt({ receipt }: { readonly receipt: Facts }) {
  const { fates } = useServices();
  const all = useStore(fates, (now) => now);
  const fate = fateOf(all, receipt);
  const undo = useUndo();
  const changes = receipt.kind === "updated" ? receipt.changes : [];
  // Once undone here or elsewhere, it can be done again.
  const offered = fate.undone || receipt.undoable || receipt.undoneBy !== null;
  return (
    <div
      data-testid="receipt"
      data-undone={fate.undone}
      className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-dashed border-line py-1.5 pr-1.5 pl-12"
    >
      <div className="min-w-0 flex-1 text-sm text-muted">
        {changes.length > 0 ? (
          <dl className="flex flex-wrap gap-x-4 gap-y-0.5">
            {changes.map((change) => (
              <Change key={change.field} change={change} />
            ))}
          </dl>
        ) : (
          <span>{fate.undone ? "Undone" : "Done and saved"}</span>
        )}
        {fate.undone && changes.length > 0 && <p>Undone</p>}
        {fate.refusal !== null && (
          <p role="alert" className="text-danger" data-testid="undo-refused">
            {fate.refusal}
          </p>
        )}
      </div>
      {offered && (
        <Button
          look="quiet"
          size="sm"
          disabled={fate.busy}
          data-testid={fate.undone ? "redo" : "undo"}
          aria-label={`${fate.undone ? "Redo" : "Undo"}: ${receipt.summary}`}
          onClick={() => undo.mutate({ receipt, redo: fate.undone })}
        >
          {fate.undone ? <Redo2 aria-hidden className="size-4" /> : <Undo2 aria-hidden className="size-4" />}
          {fate.undone ? "Redo" : "Undo"}
        </Button>
      )}
    </div>
  );
}

function Change({ change }: { readonly change: FieldChange }) {
  const words = (value: string) => {
    if (value === "") return "none";
    return change.field === "due_date" ? dueWords(value, new Date()) : value.replaceAll("_", " ");
  };
  return (
    <div className="flex min-w-0 flex-wrap gap-x-1.5">
      <dt className="font-medium">{change.field.replaceAll("_", " ")}</dt>
      <dd className="min-w-0">
        <del className="decoration-1">{words(change.before)}</del> <span aria-hidden>→</span>{" "}
        <ins className="text-ink no-underline">{words(change.after)}</ins>
      </dd>
    </div>
  );
}
