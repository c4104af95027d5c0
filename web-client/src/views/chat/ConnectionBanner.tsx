// Says that the connection is gone, and that nothing is lost by it.

import { WifiOff } from "lucide-react";
import { useSyncExternalStore } from "react";
import type { Flow } from "../../app/flow";
import { useStore } from "../../app/services";
import { isStuck } from "../../state/thread";

function subscribe(listener: () => void): () => void {
  addEventListener("online", listener);
  addEventListener("offline", listener);
  return () => {
    removeEventListener("online", listener);
    removeEventListener("offline", listener);
  };
}

export function ConnectionBanner({ flow }: { readonly flow: Flow }) {
  const online = useSyncExternalStore(subscribe, () => navigator.onLine);
  const reconnecting = useStore(flow.thread, (thread) => thread.reconnecting);
  const stuck = useStore(flow.thread, isStuck);
  if (online && !reconnecting && !stuck) return null;
  return (
    <p
      data-testid="connection-banner"
      className="flex items-center justify-center gap-2 bg-warn-soft px-4 py-1.5 text-sm text-warn"
    >
      <WifiOff aria-hidden className="size-4 shrink-0" />
      {online
        ? "Connection lost. Reconnecting…"
        : "You are offline. What you write is kept and sent when you are back."}
    </p>
  );
}
