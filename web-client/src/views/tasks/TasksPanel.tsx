// The tasks beside a conversation.

import { ExternalLink, ListChecks, X } from "lucide-react";
import { useState } from "react";
import { Link } from "wouter";
import { ALL_TASKS, type TaskQuery } from "../../state/tasks";
import { IconButton } from "../parts/Button";
import { Nothing } from "../parts/State";
import { StatusFilters } from "./Filters";
import { QuickAdd } from "./QuickAdd";
import { TaskDialog } from "./TaskDialog";
import { TaskList } from "./TaskList";

/** In a drawer, `onLeave` closes it. */
export function TasksPanel({ onLeave }: { readonly onLeave?: () => void }) {
  const [query, setQuery] = useState<TaskQuery>(ALL_TASKS);
  const [open, setOpen] = useState<string | null>(null);
  return (
    <div className="flex h-full min-h-0 flex-col bg-page" data-testid="tasks-panel">
      <header className="flex h-14 shrink-0 items-center justify-between border-b border-line px-4">
        <h2 className="text-lg font-semibold">Tasks</h2>
        <span className="flex">
          <Link
            href="/tasks"
            aria-label="Open the tasks page"
            title="Open the tasks page"
            className="inline-flex size-9 items-center justify-center rounded-md text-muted hover:bg-sunken hover:text-ink"
          >
            <ExternalLink aria-hidden className="size-[1.125rem]" />
          </Link>
          {onLeave !== undefined && (
            <IconButton label="Close" onClick={onLeave}>
              <X />
            </IconButton>
          )}
        </span>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto p-4 scroll-quiet">
        <QuickAdd />
        <div className="mt-3">
          <StatusFilters value={query.status} onChange={(status) => setQuery({ ...query, status })} />
        </div>
        <div className="mt-3">
          <TaskList
            query={query}
            onOpen={(task) => setOpen(task.id)}
            empty={
              <Nothing icon={<ListChecks />} title="No tasks yet" testId="no-tasks">
                They appear here as you talk.
              </Nothing>
            }
          />
        </div>
      </div>
      {open !== null && <TaskDialog key={open} id={open} onClose={() => setOpen(null)} />}
    </div>
  );
}
