// A task as the fields of a form, and what of it a person has changed.

import { type DueParts, dueOf, duePartsOf } from "./due";
import type { Zone } from "./here";
import type { Task, TaskDraft, TaskPriority, TaskStatus } from "./model";

export interface TaskFormFields {
  readonly title: string;
  readonly description: string;
  readonly status: TaskStatus;
  readonly priority: TaskPriority;
  readonly due: DueParts;
  /** Separated by commas. */
  readonly tags: string;
}

export function formOf(task: Task, zone: Zone): TaskFormFields {
  const { title, description, status, priority } = task;
  return { title, description, status, priority, due: duePartsOf(task.due, zone), tags: task.tags.join(", ") };
}

/** What was filled in where clocks are those of `from`, as it reads in `to`. */
export function movedDue(due: DueParts, from: Zone, to: Zone): DueParts {
  return due.date === "" ? due : duePartsOf(dueOf(due, from), to);
}

export function tagsOf(text: string): readonly string[] {
  return text
    .split(",")
    .map((tag) => tag.trim().replace(/^#+/, ""))
    .filter((tag) => tag !== "");
}

/** Only what differs from the task that the form was filled from. */
export function changedFields(task: Task, form: TaskFormFields, zone: Zone): Partial<TaskDraft> {
  const before = formOf(task, zone);
  const tags = tagsOf(form.tags);
  const sameDue = form.due.date === before.due.date && form.due.time === before.due.time;
  return {
    ...(form.title.trim() === task.title ? {} : { title: form.title.trim() }),
    ...(form.description.trim() === task.description ? {} : { description: form.description.trim() }),
    ...(form.status === task.status ? {} : { status: form.status }),
    ...(form.priority === task.priority ? {} : { priority: form.priority }),
    // Seconds that the form cannot show must not count as a change.
    ...(sameDue ? {} : { due: dueOf(form.due, zone) }),
    ...(tags.join("\n") === task.tags.join("\n") ? {} : { tags }),
  };
}
