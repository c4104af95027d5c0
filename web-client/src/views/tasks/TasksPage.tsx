// All tasks on a page of their own, with the assistant at hand.

import { ListChecks, Search } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useLocation } from "wouter";
import { useServices, useStore } from "../../app/services";
import { useTitleOf } from "../../app/title";
import { ALL_TASKS, type TaskQuery } from "../../state/tasks";
import { Composer } from "../chat/Composer";
import { PageHeader } from "../PageHeader";
import { FIELD } from "../parts/Button";
import { Nothing } from "../parts/State";
import { OrderSelect, StatusFilters } from "./Filters";
import { QuickAdd } from "./QuickAdd";
import { TaskDialog } from "./TaskDialog";
import { TaskList } from "./TaskList";

/** With an id, that task is open. */
export function TasksPage({ id }: { readonly id: string | null }) {
  const [query, setQuery] = useState<TaskQuery>(ALL_TASKS);
  const text = useDeferredValue(query.text);
  const [, navigate] = useLocation();
  const { desk } = useServices();
  const fresh = useStore(desk.fresh, (flow) => flow);
  useTitleOf("Tasks");
  return (
    <>
      <PageHeader title="Tasks" />
      <div className="min-h-0 flex-1 overflow-y-auto scroll-quiet">
        <div className="mx-auto w-full max-w-3xl px-4 py-5 md:px-6">
          <QuickAdd />
          <div className="mt-4 flex flex-wrap items-center gap-2">
            <StatusFilters value={query.status} onChange={(status) => setQuery({ ...query, status })} />
            <div className="flex min-w-56 flex-1 gap-2">
              <label className="relative min-w-24 flex-1">
                <span className="sr-only">Search tasks</span>
                <Search aria-hidden className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted" />
                <input
                  type="search"
                  data-testid="task-search"
                  placeholder="Search"
                  value={query.text}
                  onChange={(event) => setQuery({ ...query, text: event.target.value })}
                  className={`${FIELD} min-h-9 py-1 pl-8 text-sm`}
                />
              </label>
              <OrderSelect value={query.order} onChange={(order) => setQuery({ ...query, order })} />
            </div>
          </div>
          <div className="mt-4">
            <TaskList
              query={{ ...query, text: text.trim() }}
              onOpen={(task) => navigate(`/tasks/${task.id}`)}
              empty={
                <Nothing icon={<ListChecks />} title="No tasks yet" testId="no-tasks">
                  Add one above, or tell the assistant below what needs doing.
                </Nothing>
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
      {id !== null && <TaskDialog key={id} id={id} onClose={() => navigate("/tasks")} />}
    </>
  );
}
