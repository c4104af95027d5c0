// Signing out, which deletes what is in this browser only: then the person is asked first.

import { useCallback } from "react";
import { useServices } from "../../app/services";
import { useSignOut } from "../../app/settings";
import { showLeaving } from "./shown";

export function useLeave() {
  const { outbox } = useServices();
  const { mutate, isPending, error } = useSignOut();
  const leave = useCallback(() => {
    const { messages, drafts } = outbox.unsent;
    if (messages + drafts > 0) showLeaving();
    else mutate();
  }, [mutate, outbox]);
  return { leave, isPending, error };
}
