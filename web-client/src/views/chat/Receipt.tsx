// Taking back what a receipt is about.

import { Redo2, Undo2 } from "lucide-react";
import { useUndo } from "../../app/tasks";
import type { Receipt } from "../../state/model";
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
