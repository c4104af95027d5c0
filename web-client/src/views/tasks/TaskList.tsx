// The tasks of one query: what is to be done, then what is done. Every row can be had by keyboard.

import { ListFilter } from "lucide-react";
import { type ReactNode, type RefObject, useEffect, useId, useRef } from "react";
import { shown } from "../../app/settled";
import { useTasks } from "../../app/tasks";
import type { Task } from "../../state/model";
import { problemOf } from "../../state/problem";
import { narrows, type TaskQuery } from "../../state/tasks";
import { More } from "../parts/More";
import { Nothing, Skeleton, Trouble } from "../parts/State";
import { useTaskKeys } from "./task-keys";
import { TaskRow } from "./TaskRow";

interface TaskListProps {
  readonly query: TaskQuery;
  readonly onOpen: (task: Task) => void;
  /** Shown when there is no task at all. */
  readonly empty: ReactNode;
  /** Shown when no task fits, below the words that say so. */
  readonly wayOut?: ReactNode;
  /** The page is about this list, so its keys count wherever the focus is. */
  readonly main?: boolean;
}

export function TaskList({ query, onOpen, empty, wayOut, main = false }: TaskListProps) {
  const list = useRef<HTMLDivElement>(null);
  return (
    <div ref={list}>
      <Found list={list} query={query} onOpen={onOpen} empty={empty} wayOut={wayOut} main={main} />
    </div>
  );
}

interface FoundProps extends TaskListProps {
  readonly list: RefObject<HTMLDivElement | null>;
  readonly main: boolean;
}

function Found({ list, query, onOpen, empty, wayOut, main }: FoundProps) {
  const hint = useId();
  // Below the title of the page, or that of the panel.
  const Heading = main ? "h2" : "h3";
  useTaskKeys(list, main);
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useTasks(query);
  useEffect(() => {
    if (!isPending) shown();
  }, [isPending]);
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
    if (!narrows(query)) return empty;
    return (
      <Nothing icon={<ListFilter />} title="Nothing matches" testId="no-matches">
        No task fits what you chose to see.
        {wayOut !== undefined && <div className="mt-4">{wayOut}</div>}
      </Nothing>
    );
  }
  const open = tasks.filter((task) => task.status !== "completed");
  const done = tasks.filter((task) => task.status === "completed");
  return (
    <div data-testid="task-list" role="group" aria-label="Tasks" aria-describedby={hint}>
      <p id={hint} hidden>
        J and K or the arrow keys move, X or Space completes, E edits, Delete deletes, N adds a task.
      </p>
      {open.length > 0 && <Rows label="Open tasks" tasks={open} onOpen={onOpen} />}
      {done.length > 0 && (
        <section className={open.length > 0 ? "mt-5" : ""}>
          {open.length > 0 && <Heading className="mb-2 px-1 text-xs font-semibold text-muted">Done</Heading>}
          <Rows label="Completed tasks" tasks={done} onOpen={onOpen} />
        </section>
      )}
      {hasNextPage && <More words="Show more" loading={isFetchingNextPage} onMore={fetchNextPage} size="md" className="mt-3" />}
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
