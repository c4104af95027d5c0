// Says that the connection of a conversation is gone although there is a network; the frame says the rest.

import type { Flow } from "../../app/flow";
import { useStore } from "../../app/services";
import { isStuck } from "../../state/thread";
import { Banner, useOnline } from "../OfflineBanner";

export function ConnectionBanner({ flow }: { readonly flow: Flow }) {
  const online = useOnline();
  const reconnecting = useStore(flow.thread, (thread) => thread.reconnecting);
  const stuck = useStore(flow.thread, isStuck);
  return online && (reconnecting || stuck) ? <Banner>Connection lost. Reconnecting…</Banner> : null;
}
