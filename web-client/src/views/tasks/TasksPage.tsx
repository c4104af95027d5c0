// All tasks on a page of their own, with the assistant at hand.

import { History, ListChecks, Search, SlidersHorizontal } from "lucide-react";
import { useCallback, useDeferredValue, useEffect, useId, useRef, useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { keysOn } from "../../app/keys-on";
import { useServices, useStore } from "../../app/services";
import { useTitleOf } from "../../app/title";
import { isPlainKey } from "../../app/typing";
import type { Task } from "../../state/model";
import { queryOf, searchOf } from "../../state/task-address";
import { ALL_TASKS, type TaskQuery } from "../../state/tasks";
import { Composer } from "../chat/Composer";
import { PageHeader } from "../PageHeader";
import { Button, FIELD } from "../parts/Button";
import { openDialogs } from "../parts/Dialog";
import { Nothing } from "../parts/State";
import { picked, Picks, StatusFilters } from "./Filters";
import { QuickAdd } from "./QuickAdd";
import { TaskDialog } from "./TaskDialog";
import { TaskList } from "./TaskList";

/** With an id, that task is open. */
export function TasksPage({ id }: { readonly id: string | null }) {
  const search = useSearch();
  // Typing goes ahead of the address, which is written in one go.
  const [query, setQuery] = useState<TaskQuery>(() => queryOf(new URLSearchParams(search)));
  const text = useDeferredValue(query.text).trim();
  const [path, navigate] = useLocation();
  const { desk } = useServices();
  const fresh = useStore(desk.fresh, (flow) => flow);
  /** Where there is little room, three of the choices are folded away. */
  const [more, setMore] = useState(false);
  const picks = useId();
  useTitleOf("Tasks");

  const wanted = searchOf({ ...query, text });
  const suffix = wanted === "" ? "" : `?${wanted}`;
  /** The address as this page knows it. */
  const known = useRef(search);
  useEffect(() => {
    if (wanted === search) return;
    known.current = wanted;
    navigate(`${path}${suffix}`, { replace: true });
    // oxlint-disable-next-line react/exhaustive-deps -- what was chosen leads, the address follows
  }, [wanted]);
  // Somebody went to another one: by a link, a command or a step through the history.
  useEffect(() => {
    if (known.current === search) return;
    known.current = search;
    // oxlint-disable-next-line react/set-state-in-effect -- the address is outside of React
    setQuery(queryOf(new URLSearchParams(search)));
  }, [search]);
  const open = useCallback((task: Task) => navigate(`/tasks/${task.id}${suffix}`), [navigate, suffix]);

  return (
    <>
      <PageHeader title="Tasks">
        <Link
          href="/tasks/history"
          data-testid="open-history"
          className="inline-flex min-h-8 items-center gap-2 rounded-md px-2.5 text-sm hover:bg-sunken"
        >
          <History aria-hidden className="size-[1.125rem]" /> History
        </Link>
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto scroll-quiet">
        <div className="mx-auto w-full max-w-3xl px-4 py-5 md:px-6">
          <QuickAdd />
          <div className="mt-4 grid gap-2 lg:grid-cols-[minmax(0,1fr)_14rem]">
            <StatusFilters value={query.status} onChange={(status) => setQuery({ ...query, status })} />
            <div className="flex gap-2">
              <SearchField text={query.text} onChange={(words) => setQuery({ ...query, text: words })} />
              <Button
                aria-expanded={more}
                aria-controls={picks}
                data-testid="more-filters"
                className="min-h-9! px-3! text-sm! sm:hidden"
                onClick={() => setMore(!more)}
              >
                <SlidersHorizontal aria-hidden className="size-4" /> Filters
                {picked(query) > 0 && (
                  <span className="rounded-full bg-accent px-1.5 text-xs font-medium text-on-accent">{picked(query)}</span>
                )}
              </Button>
            </div>
            <div id={picks} className={`col-span-full gap-2 sm:grid sm:grid-cols-3 ${more ? "grid" : "hidden"}`}>
              <Picks query={query} onChange={setQuery} />
            </div>
          </div>
          <div className="mt-4">
            <TaskList
              main
              query={{ ...query, text }}
              onOpen={open}
              empty={
                <Nothing icon={<ListChecks />} title="No tasks yet" testId="no-tasks">
                  Add one above, or tell the assistant below what needs doing.
                </Nothing>
              }
              wayOut={
                <Button data-testid="show-all" onClick={() => setQuery({ ...ALL_TASKS, order: query.order })}>
                  Show all tasks
                </Button>
              }
            />
          </div>
        </div>
      </div>
      <Composer
        key={fresh.serial}
        flow={fresh}
        placeholder="Tell the assistant…"
        autoFocus={false}
        onSent={() => navigate("/chat")}
      />
      {id !== null && <TaskDialog key={id} id={id} onClose={() => navigate(`/tasks${suffix}`)} />}
    </>
  );
}

function SearchField({ text, onChange }: { readonly text: string; readonly onChange: (text: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== "/" || !isPlainKey(event) || !keysOn.get() || openDialogs.get().length > 0) return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
  return (
    <label className="relative flex flex-1">
      <span className="sr-only">Search tasks</span>
      <Search aria-hidden className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted" />
      <input
        ref={field}
        type="search"
        data-testid="task-search"
        aria-keyshortcuts="/"
        placeholder="Search"
        maxLength={200}
        value={text}
        onChange={(event) => onChange(event.target.value)}
        className={`${FIELD} min-h-9 py-1 pl-8 text-sm`}
      />
    </label>
  );
}
