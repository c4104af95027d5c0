// Reading and changing the list of conversations: what the views call.

import { type InfiniteData, useInfiniteQuery, useMutation } from "@tanstack/react-query";
import type { Conversation, Page } from "../state/model";
import { problemOf } from "../state/problem";
import { useServices } from "./services";

const KEY = ["conversations"] as const;
type Lists = InfiniteData<Page<Conversation>, string>;

/** Newest activity first. */
export function useConversations() {
  const { api } = useServices();
  return useInfiniteQuery({
    queryKey: KEY,
    queryFn: ({ pageParam }) => api.conversations.list(pageParam),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

/** The title of a conversation, once the list has it. */
export function useTitle(id: string | null): string | null {
  const { data } = useConversations();
  if (id === null) return null;
  for (const page of data?.pages ?? []) {
    const found = page.items.find((each) => each.id === id);
    if (found !== undefined) return found.title;
  }
  return null;
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
  const { api, desk, outbox, queries, tell, toasts } = useServices();
  return useMutation({
    mutationFn: (id: string) => api.conversations.delete(id),
    onSuccess: (_nothing, id) => {
      queries.setQueryData<Lists>(KEY, (lists) => edited(lists, id, () => null));
      outbox.keepDraft(id, "");
      desk.forget(id);
      tell({ conversation: null });
      toasts.say("Conversation deleted");
    },
    onError: (cause) => toasts.warn(problemOf(cause).message),
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
