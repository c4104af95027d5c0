// One conversation in the sidebar: open, rename, delete.

import { Pencil, Trash2 } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { Link, useLocation, useRoute } from "wouter";
import { useDeleteConversation, useRenameConversation } from "../app/conversations";
import type { Conversation } from "../state/model";
import { FIELD, IconButton } from "./parts/Button";

const TITLE_MAX = 100;

export function ConversationItem({ conversation }: { readonly conversation: Conversation }) {
  const [renaming, setRenaming] = useState(false);
  const [here] = useRoute(`/chat/${conversation.id}`);
  const [, navigate] = useLocation();
  const remove = useDeleteConversation();
  const row = useRef<HTMLLIElement>(null);
  const done = () => {
    setRenaming(false);
    row.current?.querySelector("a")?.focus();
  };
  if (renaming) {
    return (
      <li>
        <Rename conversation={conversation} onDone={done} />
      </li>
    );
  }
  // It can be taken back, so nobody is asked first.
  const deleted = () => {
    const next = row.current?.nextElementSibling ?? row.current?.previousElementSibling;
    next?.querySelector("a")?.focus();
    remove.mutate(conversation.id);
    if (here) navigate("/chat");
  };
  return (
    <li
      ref={row}
      data-testid="conversation"
      data-conversation-id={conversation.id}
      className={`group flex items-center rounded-md hover:bg-sunken ${here ? "bg-sunken" : ""}`}
    >
      <Link
        href={`/chat/${conversation.id}`}
        aria-current={here ? "page" : undefined}
        className={`min-h-9 min-w-0 flex-1 truncate rounded-md px-3 py-2 text-sm ${here ? "font-medium" : ""}`}
      >
        {conversation.title}
      </Link>
      <span
        className={`shrink-0 pr-1 group-focus-within:flex group-hover:flex pointer-coarse:flex ${here ? "flex" : "hidden"}`}
      >
        <IconButton className="size-7" label={`Rename “${conversation.title}”`} data-testid="rename-conversation" onClick={() => setRenaming(true)}>
          <Pencil className="max-w-4" />
        </IconButton>
        <IconButton className="size-7" label={`Delete “${conversation.title}”`} data-testid="delete-conversation" onClick={deleted}>
          <Trash2 className="max-w-4" />
        </IconButton>
      </span>
    </li>
  );
}

function Rename({ conversation, onDone }: { readonly conversation: Conversation; readonly onDone: () => void }) {
  const [title, setTitle] = useState(conversation.title);
  const rename = useRenameConversation();
  const left = useRef(false);
  const save = () => {
    if (left.current) return;
    left.current = true;
    const wanted = title.trim();
    if (wanted !== "" && wanted !== conversation.title) rename.mutate({ id: conversation.id, title: wanted });
    onDone();
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      save();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      left.current = true;
      onDone();
    }
  };
  return (
    <input
      // The person has just asked to type here.
      ref={(input) => input?.focus()}
      aria-label="Title of the conversation"
      data-testid="conversation-title"
      maxLength={TITLE_MAX}
      value={title}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setTitle(event.target.value)}
      onKeyDown={pressed}
      onBlur={save}
      className={`${FIELD} py-1.5 text-sm`}
    />
  );
}
