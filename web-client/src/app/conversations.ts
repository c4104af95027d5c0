// Reading and changing the list of conversations: what the views call.

import { type InfiniteData, infiniteQueryOptions, keepPreviousData, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import type { Api } from "../api/api";
import type { Conversation, Page } from "../state/model";
import { problemOf } from "../state/problem";
import { useServices } from "./services";

const KEY = ["conversations"] as const;
const FOUND = ["found"] as const;
type Lists = InfiniteData<Page<Conversation>, string>;

export const conversationList = (api: Api) =>
  infiniteQueryOptions({
    queryKey: KEY,
    queryFn: ({ pageParam }) => api.conversations.list(pageParam),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** Newest activity first. */
export function useConversations() {
  const { api } = useServices();
  return useInfiniteQuery(conversationList(api));
}

/** The title of a conversation, once it is known. */
export function useTitle(id: string | null): string | null {
  const { api } = useServices();
  const { data } = useConversations();
  const listed = data?.pages.flatMap((page) => page.items).find((each) => each.id === id);
  // Beyond the first pages of the list.
  const alone = useQuery({
    queryKey: [...KEY, id],
    queryFn: () => api.conversations.get(id ?? ""),
    enabled: id !== null && data !== undefined && listed === undefined,
  });
  return (listed ?? alone.data)?.title ?? null;
}

export function useRenameConversation() {
  const { api, queries, tell, toasts } = useServices();
  return useMutation({
    mutationFn: ({ id, title }: { id: string; title: string }) => api.conversations.rename(id, title),
    onMutate: ({ id, title }) => {
      const before = queries.getQueryData<Lists>(KEY);
      queries.setQueryData<Lists>(KEY, (lists) => edited(lists, id, (each) => ({ ...each, title })));
      return before;
    },
    onSuccess: (renamed) => {
      queries.setQueryData<Lists>(KEY, (lists) => edited(lists, renamed.id, () => renamed));
      tell({ conversation: renamed.id });
    },
    onError: (cause, _variables, before) => {
      queries.setQueryData(KEY, before);
      toasts.warn(problemOf(cause).message);
    },
  });
}

export function useDeleteConversation() {
  const { api, desk, queries, tell, toasts } = useServices();
  const restore = useRestoreConversation();
  return useMutation({
    mutationFn: (id: string) => api.conversations.delete(id),
    onMutate: (id) => {
      const before = queries.getQueryData<Lists>(KEY);
      queries.setQueryData<Lists>(KEY, (lists) => edited(lists, id, () => null));
      return before;
    },
    onSuccess: (_nothing, id) => {
      // A draft in it stays where it is: the deletion can be taken back.
      desk.forget(id);
      tell({ conversation: id });
      void queries.invalidateQueries({ queryKey: FOUND });
      toasts.show("Conversation deleted", { label: "Undo", run: () => restore.mutate(id) });
    },
    onError: (cause, _id, before) => {
      queries.setQueryData(KEY, before);
      toasts.warn(problemOf(cause).message);
    },
  });
}

/** Takes a deletion back, and opens what was deleted. */
function useRestoreConversation() {
  const { api, desk, queries, tell, toasts } = useServices();
  const [, navigate] = useLocation();
  return useMutation({
    mutationFn: (id: string) => api.conversations.restore(id),
    onSuccess: ({ id }) => {
      void queries.invalidateQueries({ queryKey: KEY });
      void queries.invalidateQueries({ queryKey: FOUND });
      tell({ conversation: id });
      desk.forget(id);
      toasts.say("Conversation restored");
      navigate(`/chat/${id}`);
    },
    onError: (cause) => toasts.warn(problemOf(cause).message),
  });
}

/** What is typed, once it has not changed for a moment; at once when it is cleared. */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 200);
    return () => clearTimeout(timer);
  }, [text]);
  return text === "" ? "" : settled;
}

/** Where `query` was said; nothing is asked while it is empty. */
export function useSearch(query: string) {
  const { api } = useServices();
  return useInfiniteQuery({
    queryKey: [...FOUND, query],
    queryFn: ({ pageParam, signal }) => api.conversations.search(query, pageParam, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: query !== "",
    // What was found stays in sight until there is something better.
    placeholderData: keepPreviousData,
  });
}

function edited(
  lists: Lists | undefined,
  id: string,
  edit: (conversation: Conversation) => Conversation | null,
): Lists | undefined {
  if (lists === undefined) return undefined;
  const pages = lists.pages.map((page) => ({
    ...page,
    items: page.items.map((each) => (each.id === id ? edit(each) : each)).filter((each) => each !== null),
  }));
  return { ...lists, pages };
}
