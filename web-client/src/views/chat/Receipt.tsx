// The parts of a receipt: what changed, and taking it back.

import { Redo2, Undo2 } from "lucide-react";
import { useNow } from "../../app/now";
import { useUndo } from "../../app/tasks";
import { dueWords } from "../../state/due";
import type { FieldChange, Receipt } from "../../state/model";
import type { Fate } from "../../state/receipts";
import { Button } from "../parts/Button";

interface UndoButtonProps {
  readonly receipt: Receipt;
  readonly fate: Fate & { readonly undone: boolean };
}

/** Undo, and once undone, here or elsewhere, redo. */
export function UndoButton({ receipt, fate }: UndoButtonProps) {
  const undo = useUndo();
  const { undone } = fate;
  if (!undone && !receipt.undoable && receipt.undoneBy === null) return null;
  return (
    <Button
      look="quiet"
      size="sm"
      busy={fate.busy}
      data-testid={undone ? "redo" : "undo"}
      aria-label={`${undone ? "Redo" : "Undo"}: ${receipt.summary}`}
      onClick={() => undo.mutate({ receipt, redo: undone })}
      className="text-ink max-sm:ml-9.5 sm:absolute sm:top-1.5 sm:right-1.5"
    >
      {undone ? <Redo2 aria-hidden className="size-4" /> : <Undo2 aria-hidden className="size-4" />}
      {undone ? "Redo" : "Undo"}
    </Button>
  );
}

export function Changes({ changes }: { readonly changes: readonly FieldChange[] }) {
  const now = useNow();
  if (changes.length === 0) return null;
  return (
    <dl className="flex flex-wrap gap-x-4 gap-y-0.5 pr-3 pb-2.5 pl-12 text-sm" aria-label="What changed">
      {changes.map((change) => (
        <div key={change.field} className="flex min-w-0 flex-wrap gap-x-1.5">
          <dt className="font-medium">{change.field.replaceAll("_", " ")}</dt>
          <dd className="min-w-0">
            <del className="decoration-1">{valueWords(change.field, change.before, now)}</del>{" "}
            <span aria-label="became">→</span>{" "}
            <ins className="text-ink no-underline">{valueWords(change.field, change.after, now)}</ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function valueWords(field: string, value: string, now: Date): string {
  if (value === "") return "none";
  if (field === "due_date") return dueWords(value, now);
  return field === "status" ? value.replaceAll("_", " ") : value;
}
