// The signed-in page: its services, its routes, its frame.

import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Route, Switch } from "wouter";
import { createApi } from "../api/api";
import type { Session } from "../api/session";
import { NotFound } from "../views/NotFound";
import { Announcer } from "../views/parts/Announcer";
import { Toasts } from "../views/parts/Toasts";
import { later } from "../views/parts/later";
import { Skeleton } from "../views/parts/State";
import { Shell } from "../views/Shell";
import { createServices, type Services, ServicesProvider } from "./services";

interface PageProps {
  readonly id: string | null;
}

const loading = () => <Skeleton lines={5} label="Loading" />;
const ChatPage = later<PageProps>(async () => (await import("../views/chat/ChatPage")).ChatPage, loading);
const TasksPage = later<PageProps>(async () => (await import("../views/tasks/TasksPage")).TasksPage, loading);

// The page that was asked for loads beside this one, and then the other.
const [first, second] = location.pathname.startsWith("/chat") ? [ChatPage, TasksPage] : [TasksPage, ChatPage];
void first.load().then(() => setTimeout(() => void second.load(), 500));

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
