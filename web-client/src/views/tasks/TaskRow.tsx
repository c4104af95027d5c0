// One task in a list: done or not, what it is, when it is due, how much it matters; and its form in
// the same place.

import { CalendarDays, Check, CircleDot, Flag, Pencil, Repeat2, Trash2 } from "lucide-react";
import { memo, useLayoutEffect, useRef, useState } from "react";
import { useHere } from "../../app/now";
import { useDeleteTask, useToggleTask } from "../../app/tasks";
import { dueWords, isOverdue } from "../../state/due";
import type { Task } from "../../state/model";
import { PRIORITY_WORDS } from "../../state/tasks";
import { IconButton } from "../parts/Button";
import { later } from "../parts/later";
import { Skeleton } from "../parts/State";
import type { TaskFormProps } from "./TaskForm";

const TaskForm = later<TaskFormProps>(
  async () => (await import("./TaskForm")).TaskForm,
  () => <Skeleton lines={4} label="Loading the form" />,
);

interface TaskRowProps {
  readonly task: Task;
  readonly onOpen: (task: Task) => void;
}

export const TaskRow = memo(function TaskRow({ task, onOpen }: TaskRowProps) {
  const toggle = useToggleTask();
  const remove = useDeleteTask();
  // The box obeys at once; the task follows when the list has been told.
  const [wanted, setWanted] = useState<boolean | null>(null);
  const done = wanted ?? task.status === "completed";
  const complete = (completed: boolean) => {
    if (toggle.isPending) return;
    setWanted(completed);
    toggle.mutate({ task, completed }, { onSettled: () => setWanted(null) });
  };
  const [editing, setEditing] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const edited = useRef(false);
  // Whoever leaves the form is back where they came from.
  useLayoutEffect(() => {
    if (edited.current && !editing) opener.current?.focus();
    edited.current = editing;
  }, [editing]);
  if (editing) {
    return (
      <li
        data-testid="task"
        data-task-id={task.id}
        data-status={task.status}
        className="border-line bg-page p-4 not-first:border-t"
      >
        <TaskForm task={task} inline onDone={() => setEditing(false)} />
      </li>
    );
  }
  return (
    <li
      data-testid="task"
      data-task-id={task.id}
      data-status={task.status}
      className="group relative flex items-start border-line not-first:border-t"
    >
      <label className="relative grid size-11 shrink-0 cursor-pointer place-items-center">
        <input
          type="checkbox"
          checked={done}
          aria-disabled={toggle.isPending || undefined}
          aria-label={`Completed: ${task.title}`}
          data-testid="toggle-task"
          data-part="toggle"
          onChange={(event) => complete(event.target.checked)}
          className="peer size-5 cursor-pointer appearance-none rounded-full border-[1.5px] border-edge bg-surface transition-colors checked:border-accent checked:bg-accent hover:border-accent"
        />
        <Check
          aria-hidden
          className="pointer-events-none absolute size-3.5 stroke-3 text-on-accent opacity-0 peer-checked:opacity-100"
        />
      </label>
      <button
        ref={opener}
        type="button"
        data-testid="open-task"
        data-part="open"
        onClick={() => onOpen(task)}
        className="min-h-11 min-w-0 flex-1 rounded-md py-2.5 pr-3 text-left -outline-offset-2!"
      >
        <span data-testid="task-title" className={done ? "text-muted line-through decoration-1" : ""}>
          {task.title}
        </span>
        {task.description !== "" && <span className="line-clamp-1 text-sm text-muted">{task.description}</span>}
        <Facts task={task} done={done} />
      </button>
      {/* Over the end of the text while somebody is at the row; a finger has no such moment. */}
      <span className="absolute top-1 right-1 flex rounded-md bg-surface opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:static pointer-coarse:m-1 pointer-coarse:opacity-100">
        <IconButton
          label={`Edit “${task.title}”`}
          data-testid="edit-task"
          data-part="edit"
          onClick={() => setEditing(true)}
          className="pointer-coarse:hidden"
        >
          <Pencil />
        </IconButton>
        <IconButton
          label={`Delete “${task.title}”`}
          data-testid="delete-task"
          data-part="delete"
          onClick={() => remove.isPending || remove.mutate(task)}
        >
          <Trash2 />
        </IconButton>
      </span>
    </li>
  );
});

function Facts({ task, done }: { readonly task: Task; readonly done: boolean }) {
  const here = useHere();
  const late = !done && task.due !== null && isOverdue(task.due, here);
  const loud = task.priority === "urgent" || task.priority === "high";
  const nothing =
    task.due === null && task.priority === "medium" && task.tags.length === 0 && task.status !== "in_progress" && task.recurrence === null;
  if (nothing) return null;
  return (
    <span className="mt-0.5 flex flex-wrap items-center gap-x-3 gap-y-0.5 text-xs text-muted [&_svg]:size-3.5 [&>span]:inline-flex [&>span]:items-center [&>span]:gap-1">
      {task.status === "in_progress" && (
        <span className="text-accent">
          <CircleDot aria-hidden /> In progress
        </span>
      )}
      {task.due !== null && (
        <span data-testid="task-due" className={late ? "font-medium text-danger" : ""}>
          <CalendarDays aria-hidden />
          {late && "Overdue: "}
          {dueWords(task.due, here)}
        </span>
      )}
      {task.priority !== "medium" && (
        <span data-testid="task-priority" className={loud && !done ? "font-medium text-warn" : ""}>
          <Flag aria-hidden /> {PRIORITY_WORDS[task.priority]}
        </span>
      )}
      {task.recurrence !== null && (
        <span>
          <Repeat2 aria-hidden /> Repeats
        </span>
      )}
      {task.tags.map((tag) => (
        <span key={tag}>#{tag}</span>
      ))}
    </span>
  );
}
