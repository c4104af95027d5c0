// Says on every page that there is no network, and what that means.

import { WifiOff } from "lucide-react";
import { useSyncExternalStore } from "react";

function subscribe(listener: () => void): () => void {
  addEventListener("online", listener);
  addEventListener("offline", listener);
  return () => {
    removeEventListener("online", listener);
    removeEventListener("offline", listener);
  };
}

/** Whether the browser knows of a network. The server may be out of reach all the same. */
export function useOnline(): boolean {
  return useSyncExternalStore(subscribe, () => navigator.onLine);
}

export function OfflineBanner() {
  if (useOnline()) return null;
  return <Banner>You are offline. Messages are kept and sent when you are back; tasks can be changed then.</Banner>;
}

export function Banner({ children }: { readonly children: string }) {
  return (
    <p
      data-testid="connection-banner"
      className="flex items-center justify-center gap-2 bg-warn-soft px-4 py-1.5 text-sm text-warn"
    >
      <WifiOff aria-hidden className="size-4 shrink-0" />
      {children}
    </p>
  );
}
