// The signed-in page: its services, its routes, its frame.

import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Route, Switch } from "wouter";
import { createApi } from "../api/api";
import type { Session } from "../api/session";
import { ChatPage } from "../views/chat/ChatPage";
import { NotFound } from "../views/NotFound";
import { Announcer } from "../views/parts/Announcer";
import { Toasts } from "../views/parts/Toasts";
import { Shell } from "../views/Shell";
import { TasksPage } from "../views/tasks/TasksPage";
import { createServices, type Services, ServicesProvider } from "./services";

export default function App({ session }: { readonly session: Session }) {
  const [services, setServices] = useState<Services | null>(null);
  useEffect(() => {
    const state = session.state.get();
    if (state.is !== "in") return;
    const made = createServices(session, createApi(location.origin, session), state.user);
    // Made here and not while rendering, since it opens channels that have to be closed again.
    // oxlint-disable-next-line react/set-state-in-effect
    setServices(made);
    return made.dispose;
  }, [session]);
  if (services === null) return null;
  return (
    <QueryClientProvider client={services.queries}>
      <ServicesProvider services={services}>
        <Announcer />
        <Shell>
          <Switch>
            <Route path="/chat/:id?">{({ id }) => <ChatPage id={id ?? null} />}</Route>
            <Route path="/tasks/:id?">{({ id }) => <TasksPage id={id ?? null} />}</Route>
            <Route>
              <NotFound />
            </Route>
          </Switch>
        </Shell>
        <Toasts />
      </ServicesProvider>
    </QueryClientProvider>
  );
}
