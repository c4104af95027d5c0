// The signed-in page: its services, its routes, its frame.

import { QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { Route, Switch, useLocation } from "wouter";
import { createApi } from "../api/api";
import type { Session } from "../api/session";
import { NotFound } from "../views/NotFound";
import { Announcer } from "../views/parts/Announcer";
import { Boundary } from "../views/parts/Boundary";
import { Toasts } from "../views/parts/Toasts";
import { fetched } from "../views/parts/fetched";
import { later } from "../views/parts/later";
import { Shell } from "../views/Shell";
import { ChatPage, HistoryPage, pageAt, SettingsPage, TasksPage, TurnPage } from "./pages";
import { prepare } from "./prepare";
import { settled } from "./settled";
import { createServices, type Services, ServicesProvider } from "./services";

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
  readonly session: Session;
  /** Stands there until there is something else to draw. */
  readonly splash: ReactNode;
}

export default function App({ session, splash }: AppProps) {
  const [services, setServices] = useState<Services | null>(null);
  useEffect(() => {
    const state = session.state.get();
    if (state.is !== "in") return;
    const made = createServices(session, createApi(location.origin, session.of(state.user.id)), state.user);
    let stop: (() => void) | null = null;
    let left = false;
    // Made here and not while rendering, since it opens channels that have to be closed again.
    void prepare(made).then(() => {
      if (!left) setServices(made);
    });
    // Later than the lists, which is why they are read once more when it begins.
    const follow = async () => {
      await settled;
      const { followTasks } = await fetched(() => import("./task-news"));
      if (!left) stop = followTasks(made);
    };
    // Without it the lists are read anew whenever the page is looked at again.
    follow().catch(ignore);
    return () => {
      left = true;
      stop?.();
      made.dispose();
    };
  }, [session]);
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
