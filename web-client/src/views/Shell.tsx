// The frame around every signed-in page: sidebar, skip link, main part, and the drawer of narrow windows.

import { type ReactNode, useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { DrawersProvider, useDrawers } from "../app/drawers";
import { OfflineBanner } from "./OfflineBanner";
import { Dialog } from "./parts/Dialog";
import { Sidebar } from "./Sidebar";

export function Shell({ children }: { readonly children: ReactNode }) {
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
          <Sidebar />
        </div>
        <main id="main" tabIndex={-1} className="flex min-h-0 min-w-0 flex-col bg-page outline-none">
          <OfflineBanner />
          {children}
        </main>
      </div>
      <ConversationsDrawer />
    </DrawersProvider>
  );
}

function ConversationsDrawer() {
  const { open, show } = useDrawers();
  const [path] = useLocation();
  const was = useRef(path);
  // Whoever follows a link out of a drawer wants to see where it leads.
  useEffect(() => {
    if (was.current !== path) show(null);
    was.current = path;
  }, [path, show]);
  if (open !== "conversations") return null;
  return (
    <Dialog title="Conversations" shape="left" bare onClose={() => show(null)} testId="conversations-drawer">
      <Sidebar onLeave={() => show(null)} />
    </Dialog>
  );
}
