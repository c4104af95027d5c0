// What a search of the conversations has found: each place with the words around it.

import { SearchX } from "lucide-react";
import { useEffect } from "react";
import { Link } from "wouter";
import { useSearch } from "../app/conversations";
import { useHere } from "../app/now";
import { useServices } from "../app/services";
import { momentWords } from "../state/due";
import type { Finding } from "../state/model";
import { problemOf } from "../state/problem";
import { More } from "./parts/More";
import { Skeleton, Trouble } from "./parts/State";

export function Findings({ query }: { readonly query: string }) {
  const { toasts } = useServices();
  const { data, error, isPlaceholderData, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useSearch(query);
  const found = data?.pages.flatMap((page) => page.items);
  const count = isPlaceholderData ? undefined : found?.length;
  useEffect(() => {
    if (count === undefined) return;
    const words = count === 0 ? "Nothing found" : `${count}${hasNextPage ? " or more" : ""} found`;
    toasts.say(`${words} for ${query}`);
  }, [count, hasNextPage, query, toasts]);

  if (found === undefined) {
    if (error === null) return <Skeleton lines={3} label="Searching" />;
    return <Trouble title="The search failed" detail={problemOf(error).message} onRetry={() => void refetch()} />;
  }
  if (found.length === 0) {
    return (
      <p className="flex flex-col items-center gap-2 px-6 py-8 text-center text-sm text-muted" data-testid="nothing-found">
        <SearchX aria-hidden className="size-6 stroke-[1.5]" />
        Nothing was said like that.
      </p>
    );
  }
  return (
    <div className="min-h-0 flex-1 overflow-y-auto px-3 pb-3 scroll-quiet" aria-busy={isPlaceholderData}>
      <ul className="space-y-0.5" data-testid="findings" aria-label="Found">
        {found.map((finding) => (
          <li key={`${finding.conversation.id} ${finding.messageId}`}>
            <FindingView finding={finding} />
          </li>
        ))}
      </ul>
      {hasNextPage && <More words="Show more" loading={isFetchingNextPage} onMore={fetchNextPage} />}
    </div>
  );
}

/** The address of what was said: search and history lead there. */
export function addressOf({ conversation, turnId, role }: Finding): string {
  const page = `/chat/${conversation.id}`;
  if (turnId === "") return page;
  return `${page}#${role === "assistant" ? "reply" : "turn"}-${turnId}`;
}

function FindingView({ finding }: { readonly finding: Finding }) {
  const { conversation, messageId, role, snippet, at } = finding;
  const here = useHere();
  return (
    <Link
      href={addressOf(finding)}
      data-testid="finding"
      data-conversation-id={conversation.id}
      className="block rounded-md px-3 py-2 text-sm hover:bg-sunken"
    >
      <span className="flex gap-2">
        <span className="min-w-0 flex-1 truncate font-medium">
          {messageId === "" ? <Snippet parts={snippet} /> : conversation.title}
        </span>
        <time dateTime={new Date(at).toISOString()} className="shrink-0 text-xs text-muted">
          {momentWords(at, here)}
        </time>
      </span>
      {messageId !== "" && (
        <span className="line-clamp-2 text-muted">
          {role === "user" && <span>You: </span>}
          <Snippet parts={snippet} />
        </span>
      )}
    </Link>
  );
}

/** Text nodes and marks, whatever the text looks like. */
export function Snippet({ parts }: { readonly parts: Finding["snippet"] }) {
  return parts.map(({ text, match }, at) =>
    match ? (
      // oxlint-disable-next-line react/no-array-index-key -- pieces of one text have no other name
      <mark key={at} className="rounded-sm bg-soft text-on-soft">
        {text}
      </mark>
    ) : (
      text
    ),
  );
}
