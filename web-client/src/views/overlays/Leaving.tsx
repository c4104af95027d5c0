// The question before signing out, where that would delete what was written.

import { useState } from "react";
import { useServices } from "../../app/services";
import { useSignOut } from "../../app/settings";
import { problemOf } from "../../state/problem";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { FormError } from "../parts/Field";

export function Leaving({ onClose }: { readonly onClose: () => void }) {
  const { outbox } = useServices();
  const out = useSignOut();
  const [{ messages, drafts }] = useState(outbox.unsent);
  const lost = [counted(messages, "message not sent yet", "messages not sent yet"), counted(drafts, "draft", "drafts")];
  return (
    <Dialog title="Sign out all the same?" onClose={onClose} testId="leaving">
      <p>
        {lost.filter((each) => each !== "").join(", and ")} {messages + drafts === 1 ? "is" : "are"} in this browser only. Signing
        out deletes {messages + drafts === 1 ? "it" : "them"}.
      </p>
      {out.error !== null && (
        <div className="mt-3">
          <FormError>{problemOf(out.error).message}</FormError>
        </div>
      )}
      <div className="mt-5 flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Stay</Button>
        <Button look="danger" busy={out.isPending} data-testid="leave" onClick={() => out.mutate(undefined, { onSuccess: onClose })}>
          {out.isPending ? "Signing out…" : "Delete and sign out"}
        </Button>
      </div>
    </Dialog>
  );
}

function counted(count: number, one: string, many: string): string {
  return count === 0 ? "" : `${count} ${count === 1 ? one : many}`;
}
