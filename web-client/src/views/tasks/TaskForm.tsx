// Changes a task: only the fields that were touched are sent, and never over somebody else's change.

import { Trash2, X } from "lucide-react";
import { type KeyboardEvent, type SyntheticEvent, useEffect, useRef, useState } from "react";
import { useZone } from "../../app/now";
import { useDeleteTask, useUpdateTask } from "../../app/tasks";
import type { Task, TaskDraft, TaskPriority, TaskStatus } from "../../state/model";
import { problemOf } from "../../state/problem";
import { PRIORITY_WORDS, STATUS_WORDS } from "../../state/tasks";
import { changedFields, formOf, movedDue } from "../../state/task-form";
import { Button, FIELD, IconButton, SELECT } from "../parts/Button";
import { useUnsaved } from "../parts/Dialog";
import { Field, FormError } from "../parts/Field";

const STATUSES = Object.entries(STATUS_WORDS) as [TaskStatus, string][];
const PRIORITIES = Object.entries(PRIORITY_WORDS) as [TaskPriority, string][];

export interface TaskFormProps {
  readonly task: Task;
  readonly onDone: () => void;
  /** In the place of its row: begun by the person, and left with Escape. */
  readonly inline?: boolean;
}

export function TaskForm({ task, onDone, inline = false }: TaskFormProps) {
  const title = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!inline) return;
    title.current?.select();
    title.current?.form?.scrollIntoView({ block: "nearest" });
  }, [inline]);
  // What the form was filled from: changes are told apart from what has changed elsewhere since.
  const [base, setBase] = useState(task);
  const here = useZone();
  const [zone, setZone] = useState(here);
  const [form, setForm] = useState(() => formOf(task, zone));
  // The same moment, as clocks show it where the page tells times from now on.
  if (zone !== here) {
    setZone(here);
    setForm((now) => ({ ...now, due: movedDue(now.due, zone, here) }));
  }
  useUnsaved(Object.keys(changedFields(base, form, zone)).length > 0);
  const update = useUpdateTask();
  const remove = useDeleteTask();
  const set = <K extends keyof typeof form>(field: K, value: (typeof form)[K]) =>
    setForm((now) => ({ ...now, [field]: value }));

  const save = (event: SyntheticEvent) => {
    event.preventDefault();
    if (update.isPending) return;
    const fields: Partial<TaskDraft> = changedFields(base, form, zone);
    if (Object.keys(fields).length === 0) onDone();
    else update.mutate({ task: base, fields }, { onSuccess: onDone });
  };
  /** The task as it is now, with what was typed here on top. */
  const takeOver = () => {
    const mine = changedFields(base, form, zone);
    const now = formOf({ ...task, ...mine }, zone);
    setBase(task);
    setForm("due" in mine ? { ...now, due: form.due } : now);
    update.reset();
  };

  const pressed = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.currentTarget.requestSubmit();
    } else if (event.key === "Escape" && inline) {
      event.preventDefault();
      onDone();
    }
  };

  const problem = update.error === null ? null : problemOf(update.error);
  const fields = problem?.fields ?? {};
  const moved = problem?.kind === "conflict" || task.version > base.version;
  return (
    // Not a control: it hears the keys of those inside.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <form onSubmit={save} onKeyDown={pressed} noValidate aria-label="Task" className="scroll-m-6 space-y-4" data-testid="task-form">
      {moved ? (
        <FormError>
          <span>
            This task was changed elsewhere.{" "}
            <button type="button" className="font-semibold underline" onClick={takeOver} data-testid="take-over">
              Show the new version
            </button>{" "}
            (your own changes are kept).
          </span>
        </FormError>
      ) : (
        problem !== null && Object.keys(fields).length === 0 && <FormError>{problem.message}</FormError>
      )}
      <Field label="Title" error={fields["title"]}>
        {(control) => (
          <input
            {...control}
            ref={title}
            name="title"
            value={form.title}
            onChange={(event) => set("title", event.target.value)}
            className={FIELD}
          />
        )}
      </Field>
      <Field label="Description" error={fields["description"]}>
        {(control) => (
          <textarea
            {...control}
            name="description"
            rows={3}
            value={form.description}
            onChange={(event) => set("description", event.target.value)}
            className={`${FIELD} max-h-60 resize-y`}
          />
        )}
      </Field>
      <div className="grid grid-cols-2 gap-4">
        <Field label="Status" error={fields["status"]}>
          {(control) => (
            <select
              {...control}
              name="status"
              value={form.status}
              onChange={(event) => set("status", event.target.value as TaskStatus)}
              className={SELECT}
            >
              {STATUSES.map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Priority" error={fields["priority"]}>
          {(control) => (
            <select
              {...control}
              name="priority"
              value={form.priority}
              onChange={(event) => set("priority", event.target.value as TaskPriority)}
              className={SELECT}
            >
              {PRIORITIES.map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Due date" error={fields["due_date"]}>
          {(control) => (
            <div className="flex gap-1">
              <input
                {...control}
                name="due_date"
                type="date"
                value={form.due.date}
                onChange={(event) => set("due", { ...form.due, date: event.target.value })}
                className={FIELD}
              />
              {form.due.date !== "" && (
                <IconButton label="Clear the date" onClick={() => set("due", { date: "", time: "" })}>
                  <X />
                </IconButton>
              )}
            </div>
          )}
        </Field>
        <Field label="Time (optional)">
          {(control) => (
            <input
              {...control}
              name="due_time"
              type="time"
              disabled={form.due.date === ""}
              value={form.due.time}
              onChange={(event) => set("due", { ...form.due, time: event.target.value })}
              className={FIELD}
            />
          )}
        </Field>
      </div>
      <Field label="Tags" error={fields["tags"]} hint="Separated by commas.">
        {(control) => (
          <input
            {...control}
            name="tags"
            autoCapitalize="none"
            value={form.tags}
            onChange={(event) => set("tags", event.target.value)}
            className={FIELD}
          />
        )}
      </Field>
      <div className="flex items-center justify-between gap-2 pt-1">
        <Button
          look="quiet"
          className="text-danger!"
          busy={remove.isPending}
          data-testid="delete-open-task"
          onClick={() => remove.mutate(task, { onSuccess: onDone })}
        >
          <Trash2 aria-hidden className="size-4" /> Delete
        </Button>
        <div className="flex gap-2">
          <Button onClick={onDone}>Cancel</Button>
          <Button look="primary" type="submit" busy={update.isPending} data-testid="save-task">
            {update.isPending ? "Saving…" : "Save"}
          </Button>
        </div>
      </div>
    </form>
  );
}
