// What the panel beside a conversation holds: the list, and one task of it.

import { ListChecks } from "lucide-react";
import { useState } from "react";
import { ALL_TASKS, type TaskQuery } from "../../state/tasks";
import { Nothing } from "../parts/State";
import { StatusFilters } from "./Filters";
import { QuickAdd } from "./QuickAdd";
import { TaskDialog } from "./TaskDialog";
import { TaskList } from "./TaskList";

export function PanelBody() {
  const [query, setQuery] = useState<TaskQuery>(ALL_TASKS);
  const [open, setOpen] = useState<string | null>(null);
  return (
    <>
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
    </>
  );
}
