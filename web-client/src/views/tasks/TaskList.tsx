// The tasks of one query: what is to be done, then what is done.

import { ListFilter } from "lucide-react";
import type { ReactNode } from "react";
import { useTasks } from "../../app/tasks";
import type { Task } from "../../state/model";
import { problemOf } from "../../state/problem";
import type { TaskQuery } from "../../state/tasks";
import { Button } from "../parts/Button";
import { Nothing, Skeleton, Trouble } from "../parts/State";
import { TaskRow } from "./TaskRow";

interface TaskListProps {
  readonly query: TaskQuery;
  readonly onOpen: (task: Task) => void;
  /** Shown when there is no task at all. */
  readonly empty: ReactNode;
}

export function TaskList({ query, onOpen, empty }: TaskListProps) {
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useTasks(query);
  if (isPending) return <Skeleton lines={5} label="Loading tasks" />;
  if (data === undefined) {
    return (
      <Trouble
        title="Tasks could not be loaded"
        detail={problemOf(error).message}
        onRetry={() => void refetch()}
      />
    );
  }
  const tasks = data.pages.flatMap((page) => page.items);
  if (tasks.length === 0) {
    if (query.status === "all" && query.text === "") return empty;
    return (
      <Nothing icon={<ListFilter />} title="Nothing matches" testId="no-matches">
        No task fits what you chose to see.
      </Nothing>
    );
  }
  const open = tasks.filter((task) => task.status !== "completed");
  const done = tasks.filter((task) => task.status === "completed");
  return (
    <div data-testid="task-list">
      {open.length > 0 && <Rows label="Open tasks" tasks={open} onOpen={onOpen} />}
      {done.length > 0 && (
        <section className={open.length > 0 ? "mt-5" : ""}>
          {open.length > 0 && <h3 className="mb-2 px-1 text-xs font-semibold text-muted">Done</h3>}
          <Rows label="Completed tasks" tasks={done} onOpen={onOpen} />
        </section>
      )}
      {hasNextPage && (
        <Button look="quiet" className="mt-3 w-full" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {isFetchingNextPage ? "Loading…" : "Show more"}
        </Button>
      )}
    </div>
  );
}

interface RowsProps {
  readonly label: string;
  readonly tasks: readonly Task[];
  readonly onOpen: (task: Task) => void;
}

function Rows({ label, tasks, onOpen }: RowsProps) {
  return (
    <ul aria-label={label} className="overflow-hidden rounded-lg border border-line bg-surface shadow-raised">
      {tasks.map((task) => (
        <TaskRow key={task.id} task={task} onOpen={onOpen} />
      ))}
    </ul>
  );
}
