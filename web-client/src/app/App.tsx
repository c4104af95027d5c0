// The signed-in page: its routes and its frame.

import { QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useSyncExternalStore } from "react";
import { Route, Switch, useLocation } from "wouter";
import { NotFound } from "../views/NotFound";
import { Announcer } from "../views/parts/Announcer";
import { Boundary } from "../views/parts/Boundary";
import { Toasts } from "../views/parts/Toasts";
import { fetched } from "../views/parts/fetched";
import { later } from "../views/parts/later";
import { Shell } from "../views/Shell";
import { ChatPage, HistoryPage, pageAt, SettingsPage, TasksPage, TurnPage } from "./pages";
import { ServicesProvider } from "./services";
import { settled } from "./settled";
import { opened, signedIn } from "./signed-in";

export { opened };

const ignore = () => {};

// Nothing on the screen waits for it, so it comes last.
setTimeout(() => {
  fetched(() => import("./shell")).then(({ keepShell }) => keepShell(), ignore);
}, 2500);

// Keys and what they open: without them the page is whole.
const Overlays = later(
  async () => {
    await settled;
    return (await import("../views/overlays/Overlays")).Overlays;
  },
  () => null,
  () => null,
);

// The page that was asked for loads beside this one, the other of the two after it.
void pageAt(location.pathname).load();
void settled.then(() => Promise.all([TasksPage.load(), ChatPage.load()]));

interface AppProps {
  /** Stands there until there is something else to draw. */
  readonly splash: ReactNode;
}

export default function App({ splash }: AppProps) {
  const services = useSyncExternalStore(signedIn.subscribe, signedIn.get);
  if (services === null) return splash;
  return (
    <QueryClientProvider client={services.queries}>
      <ServicesProvider services={services}>
        <Announcer />
        <Shell>
          <Guarded>
            <Switch>
              <Route path="/chat/:id?">{({ id }) => <ChatPage id={id ?? null} />}</Route>
              <Route path="/tasks/history">
                <HistoryPage />
              </Route>
              <Route path="/tasks/:id?">{({ id }) => <TasksPage id={id ?? null} />}</Route>
              <Route path="/turns/:id">{({ id }) => <TurnPage id={id} />}</Route>
              <Route path="/settings">
                <SettingsPage />
              </Route>
              <Route>
                <NotFound />
              </Route>
            </Switch>
          </Guarded>
        </Shell>
        <Toasts />
        <Overlays />
      </ServicesProvider>
    </QueryClientProvider>
  );
}

/** Whatever goes wrong in a page, the way to the others stays. */
function Guarded({ children }: { readonly children: ReactNode }) {
  const [path] = useLocation();
  return (
    <Boundary title="This page cannot be shown" about={path}>
      {children}
    </Boundary>
  );
}
