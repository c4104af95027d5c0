// What a signed-in page is made of, put together once per user and handed to the views.

import { QueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";
import type { Api } from "../api/api";
import type { Session } from "../api/session";
import { kept } from "../state/kept";
import type { Receipt, User } from "../state/model";
import { Outbox } from "../state/outbox";
import { Problem } from "../state/problem";
import type { Fates } from "../state/receipts";
import { createStore, type Store } from "../state/store";
import { withReceipt } from "../state/tasks";
import { Desk } from "./desk";
import { editTaskLists } from "./task-cache";
import { Toasts } from "./toasts";
import { uuid } from "./uuid";
import { followZone } from "./zone";

export interface Services {
  readonly user: User;
  readonly session: Session;
  readonly api: Api;
  readonly queries: QueryClient;
  readonly desk: Desk;
  readonly outbox: Outbox;
  readonly fates: Store<Fates>;
  readonly toasts: Toasts;
  /** The cards that stand open. */
  readonly opened: Set<string>;
  /** Tells the other tabs. */
  readonly tell: (news: News) => void;
  readonly dispose: () => void;
}

/** What tabs tell each other; they read the rest from the server. */
export type News = { readonly tasks: true } | { readonly account: true } | { readonly conversation: string | null };

export function createServices(session: Session, api: Api, user: User): Services {
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        // Without a network a call is tried and fails: else it would wait in silence, for ever if the
        // page is left, while the view shows a change as made.
        networkMode: "always",
        refetchOnReconnect: true,
        retry: (failures, cause) => failures < 2 && cause instanceof Problem && cause.transient,
        retryDelay: (failures) => 400 * 2 ** failures,
      },
      mutations: { networkMode: "always" },
    },
  });
  const toasts = new Toasts();
  const outbox = new Outbox(kept, user.id, uuid());
  const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(`taskchat.${user.id}`) : null;
  let open = true;
  // An answer may come after the page has been left.
  const tell = (news: News) => {
    if (open) channel?.postMessage(news);
  };
  const refreshTasks = () => void queries.invalidateQueries({ queryKey: ["tasks"] });
  const refreshConversations = () => void queries.invalidateQueries({ queryKey: ["conversations"] });

  const zone = followZone(queries, user, () => api.account.me());
  const host = {
    api,
    outbox,
    timeZone: zone.name,
    moved: (flow: { readonly conversationId: string | null }) => {
      refreshConversations();
      tell({ conversation: flow.conversationId });
    },
    receipt: (receipt: Receipt) => {
      editTaskLists(queries, (pages, query) => withReceipt(pages, receipt, query));
      refreshTasks();
      tell({ tasks: true });
    },
    failed: (problem: Problem) => toasts.warn(problem.message),
  };
  const desk = new Desk(host, refreshConversations);

  channel?.addEventListener("message", ({ data }: MessageEvent<News>) => {
    if ("tasks" in data) refreshTasks();
    else if ("account" in data) zone.changed();
    else {
      refreshConversations();
      if (data.conversation !== null) desk.refresh(data.conversation);
    }
  });

  const dispose = () => {
    open = false;
    zone.stop();
    desk.dispose();
    channel?.close();
    queries.clear();
  };
  const fates = createStore<Fates>({});
  return { user, session, api, queries, desk, outbox, fates, toasts, opened: new Set(), tell, dispose };
}

const Context = createContext<Services | null>(null);

export function ServicesProvider(props: { readonly services: Services; readonly children: ReactNode }) {
  return <Context.Provider value={props.services}>{props.children}</Context.Provider>;
}

export function useServices(): Services {
  const services = useContext(Context);
  if (services === null) throw new Error("useServices outside of ServicesProvider");
  return services;
}

/** A part of a store; `select` must return the same object while nothing has changed. */
export function useStore<T, S>(store: Store<T>, select: (value: T) => S): S {
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}
