// What an open task shows; loaded when the first one is opened.

import type { Task } from "../../state/model";
import { TaskForm } from "./TaskForm";
import { TaskHistory } from "./TaskHistory";

export interface TaskDetailsProps {
  readonly task: Task;
  readonly onDone: () => void;
}

export function TaskDetails({ task, onDone }: TaskDetailsProps) {
  return (
    <>
      <TaskForm task={task} onDone={onDone} />
      <TaskHistory taskId={task.id} />
    </>
  );
}
