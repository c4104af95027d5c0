// What an address shows, asked for before there is anything to show it in.

import { queryOf } from "../state/task-address";
import { Markdown } from "../views/chat/later-markdown";
import { conversationList } from "./conversations";
import { datesRead } from "./dates";
import { chatAt, pageAt } from "./pages";
import type { Services } from "./services";
import { taskList } from "./tasks";

/** What comes within this time is drawn at once, without placeholders that would only flicker. In ms. */
const GRACE = 150;

/** Fulfilled when all of it is there, or has been waited for long enough. */
export function prepare({ api, desk, queries }: Services): Promise<unknown> {
  const { pathname, search } = location;
  const chat = chatAt(pathname);
  const parts = [
    pageAt(pathname).load(),
    queries.prefetchInfiniteQuery(conversationList(api)),
    ...(chat === null ? [] : [desk.open(chat).prepare(), Markdown.load()]),
    ...(/^\/tasks(\/|$)(?!history)/.test(pathname)
      ? [queries.prefetchInfiniteQuery(taskList(api, queryOf(new URLSearchParams(search)))), datesRead]
      : []),
  ];
  return Promise.race([Promise.all(parts), new Promise((resolve) => setTimeout(resolve, GRACE))]);
}
