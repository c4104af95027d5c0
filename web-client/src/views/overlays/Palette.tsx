// The command palette: a few letters lead to any command, conversation or task, and to what was said.

import { CircleCheck, Circle, MessageSquareText, MessagesSquare, Search } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import { useConversations, useSearch, useSettled } from "../../app/conversations";
import { useHere } from "../../app/now";
import { useServices } from "../../app/services";
import { useTasks } from "../../app/tasks";
import { momentWords } from "../../state/due";
import { ranked } from "../../state/fuzzy";
import { ALL_TASKS } from "../../state/tasks";
import { addressOf, Snippet } from "../Findings";
import { Dialog } from "../parts/Dialog";
import { useCommands } from "./commands";
import { Key } from "./Sheet";

/** How many of each are shown. */
const MOST = 6;
const MOST_SAID = 5;
/** Servers search for words, not for letters. */
const LEAST = 2;

interface Item {
  readonly id: string;
  readonly words: string;
  readonly icon: ReactNode;
  readonly keys?: readonly string[];
  /** Below the words. */
  readonly detail?: ReactNode;
  readonly when?: string;
  readonly run: () => void;
}

interface Group {
  readonly title: string;
  readonly items: readonly Item[];
}

export function Palette({ onClose }: { readonly onClose: () => void }) {
  const [typed, setTyped] = useState("");
  // Not deferred: Enter right after the last letter is meant for what fits all of them.
  const { groups, searching } = useGroups(typed.trim());
  const items = groups.flatMap((group) => group.items);
  // By its name, since the list may change under it.
  const [chosen, setChosen] = useState<string | null>(null);
  const active = items.find((item) => item.id === chosen) ?? items[0];
  const listbox = useId();
  const list = useRef<HTMLDivElement>(null);
  const { toasts } = useServices();

  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- another one is selected
  }, [active?.id]);
  useEffect(() => {
    if (typed !== "" && !searching) toasts.say(items.length === 0 ? "Nothing found" : `${items.length} found`);
  }, [items.length, searching, toasts, typed]);

  const run = (item: Item | undefined) => {
    if (item === undefined) return;
    // First, so that the focus is back before the command moves it.
    onClose();
    item.run();
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    const at = active === undefined ? -1 : items.indexOf(active);
    const go = (to: number) => setChosen(items[(to + items.length) % items.length]?.id ?? null);
    switch (event.key) {
      case "ArrowDown":
        go(at + 1);
        break;
      case "ArrowUp":
        go(at - 1);
        break;
      case "Enter":
        run(active);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  return (
    <Dialog title="Find or do something" shape="top" bare onClose={onClose} testId="palette">
      <div className="flex max-h-[inherit] flex-col">
        <div className="flex items-center gap-2.5 border-b border-line px-4">
          <Search aria-hidden className="size-[1.125rem] shrink-0 text-muted" />
          <input
            ref={(input) => input?.focus()}
            type="text"
            role="combobox"
            aria-label="Command, conversation or task"
            aria-expanded
            aria-controls={listbox}
            aria-autocomplete="list"
            aria-activedescendant={active === undefined ? undefined : `${listbox}-${active.id}`}
            data-testid="palette-input"
            placeholder="Find or do something…"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={200}
            value={typed}
            onChange={(event) => {
              setTyped(event.target.value);
              setChosen(null);
            }}
            onKeyDown={pressed}
            className="min-h-13 min-w-0 flex-1 bg-transparent text-[1rem] outline-none"
          />
          <Key>Esc</Key>
        </div>
        <div ref={list} id={listbox} role="listbox" aria-label="Found" className="min-h-0 overflow-y-auto p-2 scroll-quiet">
          {groups.map(({ title, items: found }) => (
            <div key={title} role="group" aria-label={title} className="pb-1">
              <div aria-hidden className="px-3 pt-2 pb-1 text-xs font-semibold text-muted">
                {title}
              </div>
              {found.map((item) => (
                <Option
                  key={item.id}
                  item={item}
                  id={`${listbox}-${item.id}`}
                  selected={item === active}
                  onPoint={() => setChosen(item.id)}
                  onRun={() => run(item)}
                />
              ))}
            </div>
          ))}
        </div>
        {items.length === 0 && (
          <p className="px-5 pb-6 text-center text-sm text-muted" data-testid={searching ? undefined : "palette-nothing"}>
            {searching ? "Searching…" : `Nothing fits “${typed.trim()}”.`}
          </p>
        )}
      </div>
    </Dialog>
  );
}

interface OptionProps {
  readonly item: Item;
  readonly id: string;
  readonly selected: boolean;
  readonly onPoint: () => void;
  readonly onRun: () => void;
}

function Option({ item, id, selected, onPoint, onRun }: OptionProps) {
  return (
    // The field keeps the focus and has the keys.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      role="option"
      id={id}
      aria-selected={selected}
      data-testid="palette-option"
      onPointerMove={onPoint}
      onClick={onRun}
      className="flex min-h-10 cursor-pointer py-1 items-center gap-3 rounded-md px-3 text-sm aria-selected:bg-sunken aria-selected:outline-1 aria-selected:-outline-offset-1 aria-selected:outline-edge [&>svg]:size-[1.125rem] [&>svg]:shrink-0 [&>svg]:text-muted"
    >
      {item.icon}
      <span className="min-w-0 flex-1 truncate">
        {item.words}
        {item.detail !== undefined && <span className="block truncate text-xs text-muted">{item.detail}</span>}
      </span>
      {item.when !== undefined && <span className="shrink-0 self-start py-2 text-xs text-muted">{item.when}</span>}
      {item.keys !== undefined && (
        <span aria-hidden className="flex gap-1 max-sm:hidden">
          {item.keys.map((key) => (
            <Key key={key}>{key}</Key>
          ))}
        </span>
      )}
    </div>
  );
}

interface Found {
  readonly groups: readonly Group[];
  /** The server has not answered yet. */
  readonly searching: boolean;
}

/** Everything that fits what is typed, the nearest first; without anything typed, the commands. */
function useGroups(typed: string): Found {
  const [, navigate] = useLocation();
  const here = useHere();
  const commands = useCommands();
  const all = useTasks(ALL_TASKS);
  const asks = typed.length >= LEAST;
  // What is not in the first page, the server finds, and what is not in a title.
  const found = useTasks(asks ? { ...ALL_TASKS, text: typed } : ALL_TASKS);
  const known = useConversations();
  const sought = useSettled(asks ? typed : "");
  const search = useSearch(sought);
  const searching = asks && (found.isFetching || search.isFetching || sought !== typed);
  const groups = useMemo(() => {
    const shown = typed === "" ? [] : pagesOf(all.data);
    const matches = asks ? pagesOf(found.data) : [];
    const said = asks ? pagesOf(search.data) : [];
    const titled = said.filter(({ messageId }) => messageId === "").map(({ conversation }) => conversation);
    const doing = ranked(typed, commands, ({ words }) => words);
    const todo = ranked(typed, unique([...shown, ...matches]), ({ title }) => title);
    const talks = ranked(typed, typed === "" ? [] : unique([...pagesOf(known.data), ...titled]), ({ title }) => title);
    const ordered = [
      {
        title: "Commands",
        best: doing.best,
        items: doing.items.map(({ icon: Icon, ...rest }) => ({ ...rest, icon: <Icon aria-hidden /> })),
      },
      {
        title: "Tasks",
        best: todo.best,
        // Behind those that fit by their title, those that fit otherwise.
        items: unique([...todo.items, ...matches]).slice(0, MOST).map(({ id, title, status }) => ({
          id,
          words: title,
          icon: status === "completed" ? <CircleCheck aria-label="Done" /> : <Circle aria-hidden />,
          run: () => navigate(`/tasks/${id}`),
        })),
      },
      {
        title: "Conversations",
        best: talks.best,
        items: unique([...talks.items, ...titled]).slice(0, MOST).map(({ id, title }) => ({
          id,
          words: title,
          icon: <MessagesSquare aria-hidden />,
          run: () => navigate(`/chat/${id}`),
        })),
      },
    ].toSorted((one, other) => other.best - one.best);
    const messages = said.filter(({ messageId }) => messageId !== "").slice(0, MOST_SAID).map((finding) => ({
      id: finding.messageId,
      words: finding.conversation.title,
      detail: <Snippet parts={finding.snippet} />,
      when: momentWords(finding.at, here),
      icon: <MessageSquareText aria-hidden />,
      run: () => navigate(addressOf(finding)),
    }));
    return [...ordered, { title: "Messages", items: messages }].filter(({ items }) => items.length > 0);
  }, [all.data, asks, commands, found.data, known.data, navigate, here, search.data, typed]);
  return { groups, searching };
}

function pagesOf<T>(data: { readonly pages: readonly { readonly items: readonly T[] }[] } | undefined): readonly T[] {
  return (data?.pages ?? []).flatMap((page) => page.items);
}

function unique<T extends { readonly id: string }>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}
