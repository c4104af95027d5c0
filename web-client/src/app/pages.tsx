// The pages of those who are signed in, each loaded when it is wanted.

import { Markdown } from "../views/chat/later-markdown";
import { type Later, later } from "../views/parts/later";
import { Skeleton } from "../views/parts/State";

interface PageProps {
  readonly id: string | null;
}

const loading = () => <Skeleton lines={5} label="Loading" />;
export const ChatPage = later<PageProps>(async () => {
  // Whoever sees a conversation will need it: it comes beside the page.
  void Markdown.load();
  return (await import("../views/chat/ChatPage")).ChatPage;
}, loading);
export const TasksPage = later<PageProps>(async () => (await import("../views/tasks/TasksPage")).TasksPage, loading);
export const HistoryPage = later(async () => (await import("../views/tasks/HistoryPage")).HistoryPage, loading);
export const TurnPage = later<{ readonly id: string }>(async () => (await import("../views/TurnPage")).TurnPage, loading);
export const SettingsPage = later(async () => (await import("../views/settings/SettingsPage")).SettingsPage, loading);

/** The page at an address. */
export function pageAt(path: string): Later<never> {
  if (path.startsWith("/chat")) return ChatPage;
  if (path.startsWith("/tasks/history")) return HistoryPage;
  if (path.startsWith("/turns/")) return TurnPage;
  return path.startsWith("/settings") ? SettingsPage : TasksPage;
}

/** The conversation at an address, if it is that of one. */
export function chatAt(path: string): string | null {
  return /^\/chat\/([^/]+)$/.exec(path)?.[1] ?? null;
}
