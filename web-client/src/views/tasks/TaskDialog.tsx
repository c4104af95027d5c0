// One task, open: everything about it, to be read and changed.

import { useTask } from "../../app/tasks";
import { problemOf } from "../../state/problem";
import { Dialog } from "../parts/Dialog";
import { Missing } from "../NotFound";
import { later } from "../parts/later";
import { Skeleton, Trouble } from "../parts/State";
import type { TaskDetailsProps } from "./TaskDetails";

const TaskDetails = later<TaskDetailsProps>(
  async () => (await import("./TaskDetails")).TaskDetails,
  () => <Skeleton lines={4} label="Loading the task" />,
);

interface TaskDialogProps {
  readonly id: string;
  readonly onClose: () => void;
}

export function TaskDialog({ id, onClose }: TaskDialogProps) {
  const { data: task, error, refetch } = useTask(id);
  const problem = error === null ? null : problemOf(error);
  // An id that is none is as good as one that leads nowhere.
  const missing = problem?.missing === true || problem?.kind === "invalid";
  return (
    <Dialog title={missing ? "Not found" : "Task"} onClose={onClose} testId="task-dialog">
      {missing ? (
        <Missing
          testId="task-not-found"
          title="Task not found"
          detail="It does not exist, was deleted, or belongs to somebody else."
        />
      ) : task !== undefined ? (
        <TaskDetails task={task} onDone={onClose} />
      ) : problem !== null ? (
        <Trouble title="The task could not be loaded" detail={problem.message} onRetry={() => void refetch()} />
      ) : (
        <Skeleton lines={4} label="Loading the task" />
      )}
    </Dialog>
  );
}
