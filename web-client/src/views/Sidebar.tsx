// Conversations, the way to the tasks, and the account.

import { ListTodo, MessageSquarePlus, MessagesSquare, Search as SearchIcon, UserRound, X } from "lucide-react";
import { useState } from "react";
import { Link, useLocation, useRoute } from "wouter";
import { useConversations, useSettled } from "../app/conversations";
import { useServices } from "../app/services";
import { problemOf } from "../state/problem";
import { ConversationItem } from "./ConversationItem";
import { Findings } from "./Findings";
import { Brand } from "./parts/Brand";
import { Button, FIELD, IconButton } from "./parts/Button";
import { laterDialog } from "./parts/later-dialog";
import { More } from "./parts/More";
import { Skeleton, Trouble } from "./parts/State";

const AccountDialog = laterDialog(async () => (await import("./account/AccountDialog")).AccountDialog);

/** In a drawer, `onLeave` closes it. */
export function Sidebar({ onLeave }: { readonly onLeave?: () => void }) {
  const { desk, user } = useServices();
  const [, navigate] = useLocation();
  const [inTasks] = useRoute("/tasks/:id?");
  const [account, setAccount] = useState(false);
  const [query, setQuery] = useState("");
  const sought = useSettled(query.trim());
  return (
    <aside aria-label="Sidebar" className="flex h-full flex-col bg-page" data-testid="sidebar">
      <div className="flex h-14 shrink-0 items-center justify-between px-4">
        <Link href="/tasks" className="rounded-md">
          <Brand />
        </Link>
        {onLeave !== undefined && (
          <IconButton label="Close" onClick={onLeave}>
            <X />
          </IconButton>
        )}
      </div>
      <nav aria-label="Pages" className="space-y-1 px-3 pb-3">
        <Button
          look="primary"
          className="w-full"
          data-testid="new-chat"
          onClick={() => {
            desk.startFresh();
            navigate("/chat");
            onLeave?.();
          }}
        >
          <MessageSquarePlus aria-hidden className="size-4" /> New chat
        </Button>
        <Link
          href="/tasks"
          data-testid="nav-tasks"
          aria-current={inTasks ? "page" : undefined}
          className={`flex min-h-10 items-center gap-2.5 rounded-md px-3 hover:bg-sunken ${inTasks ? "bg-sunken font-medium" : ""}`}
        >
          <ListTodo aria-hidden className="size-[1.125rem] text-muted" /> Tasks
        </Link>
      </nav>
      <nav aria-labelledby="conversations-title" className="flex min-h-0 flex-1 flex-col">
        <h2 id="conversations-title" className="px-6 pb-1 text-xs font-semibold text-muted">
          Conversations
        </h2>
        <Search query={query} onQuery={setQuery} />
        {sought === "" ? <ConversationList /> : <Findings query={sought} />}
      </nav>
      <div className="shrink-0 border-t border-line p-2">
        <button
          type="button"
          data-testid="account"
          aria-haspopup="dialog"
          onClick={() => setAccount(true)}
          className="flex min-h-10 w-full items-center gap-2.5 rounded-md px-3 text-left hover:bg-sunken"
        >
          <UserRound aria-hidden className="size-[1.125rem] shrink-0 text-muted" />
          <span className="min-w-0 flex-1 truncate text-sm">{user.email ?? "Account"}</span>
        </button>
      </div>
      {account && <AccountDialog onClose={() => setAccount(false)} />}
    </aside>
  );
}

interface SearchProps {
  readonly query: string;
  readonly onQuery: (query: string) => void;
}

function Search({ query, onQuery }: SearchProps) {
  return (
    <search className="relative mx-3 mb-2 block">
      <SearchIcon aria-hidden className="pointer-events-none absolute top-2.5 left-2.5 size-4 text-muted" />
      <input
        type="search"
        aria-label="Search conversations"
        placeholder="Search"
        data-testid="conversation-search"
        maxLength={200}
        value={query}
        onChange={(event) => onQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || query === "") return;
          // In a drawer, the next one closes it.
          event.preventDefault();
          event.stopPropagation();
          onQuery("");
        }}
        className={`${FIELD} min-h-9 py-1.5 pl-8 text-sm`}
      />
    </search>
  );
}

function ConversationList() {
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useConversations();
  if (isPending) return <Skeleton lines={5} label="Loading conversations" />;
  if (data === undefined) {
    return (
      <Trouble
        title="Conversations could not be loaded"
        detail={problemOf(error).message}
        onRetry={() => void refetch()}
      />
    );
  }
  const conversations = data.pages.flatMap((page) => page.items);
  if (conversations.length === 0) {
    return (
      <p className="flex flex-col items-center gap-2 px-6 py-8 text-center text-sm text-muted" data-testid="no-conversations">
        <MessagesSquare aria-hidden className="size-6 stroke-[1.5]" />
        Your conversations will be listed here.
      </p>
    );
  }
  return (
    <div className="min-h-0 flex-1 overflow-y-auto px-3 pb-3 scroll-quiet">
      <ul className="space-y-0.5" data-testid="conversations">
        {conversations.map((each) => (
          <ConversationItem key={each.id} conversation={each} />
        ))}
      </ul>
      {hasNextPage && <More words="Show older" loading={isFetchingNextPage} onMore={fetchNextPage} />}
    </div>
  );
}
