// The frame around every signed-in page: sidebar, skip link, main part, and the drawer of narrow windows.

import { type MouseEvent, type ReactNode, useDeferredValue } from "react";
import { DrawersProvider, useDrawers } from "../app/drawers";
import { OfflineBanner } from "./OfflineBanner";
import { Dialog } from "./parts/Dialog";
import { Sidebar } from "./Sidebar";
import { ZoneNotice } from "./ZoneNotice";

export function Shell({ children }: { readonly children: ReactNode }) {
  // What the person came for is drawn first, what stands beside it next.
  const beside = useDeferredValue(true, false);
  return (
    <DrawersProvider>
      <a
        href="#main"
        className="fixed top-2 left-2 z-50 -translate-y-20 rounded-md bg-accent px-4 py-2 font-medium text-on-accent focus:translate-y-0"
      >
        Skip to content
      </a>
      <div className="grid h-dvh grid-cols-[minmax(0,1fr)] md:grid-cols-[15rem_minmax(0,1fr)] xl:grid-cols-[17rem_minmax(0,1fr)]">
        <div className="hidden min-h-0 border-r border-line md:block">
          {beside && <Sidebar />}
        </div>
        <main id="main" tabIndex={-1} className="flex min-h-0 min-w-0 flex-col bg-page outline-none">
          <OfflineBanner />
          <ZoneNotice />
          {children}
        </main>
      </div>
      <ConversationsDrawer />
    </DrawersProvider>
  );
}

function ConversationsDrawer() {
  const { open, show } = useDrawers();
  if (open !== "conversations") return null;
  // Whoever follows a link out of a drawer wants to see where it leads, also when that is this page.
  const clicked = (event: MouseEvent) => {
    const followed = event.defaultPrevented && event.target instanceof Element && event.target.closest("a") !== null;
    if (followed) show(null);
  };
  return (
    <Dialog title="Conversations" shape="left" bare onClose={() => show(null)} testId="conversations-drawer">
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events -- a link's own click */}
      <div onClick={clicked} className="h-full">
        <Sidebar onLeave={() => show(null)} />
      </div>
    </Dialog>
  );
}
