// Dialogs that are loaded when they are wanted.

import type { ComponentType } from "react";
import { Dialog } from "./Dialog";
import { type Later, later, Unloaded } from "./later";

interface DialogProps {
  readonly onClose: () => void;
}

/** A dialog that `fetch` brings; if that fails, one that says so. */
export function laterDialog(fetch: () => Promise<ComponentType<DialogProps>>): Later<DialogProps> {
  return later(
    fetch,
    () => null,
    ({ onClose }, retry) => (
      <Dialog title="Not loaded" onClose={onClose}>
        <Unloaded onRetry={retry} />
      </Dialog>
    ),
  );
}
