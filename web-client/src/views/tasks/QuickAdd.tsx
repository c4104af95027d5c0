// A title, Enter, and the task is there.

import { Plus } from "lucide-react";
import { type SyntheticEvent, useEffect, useRef, useState } from "react";
import { wantsNewTask } from "../../app/intents";
import { useCreateTask } from "../../app/tasks";
import { uuid } from "../../app/uuid";
import { problemOf } from "../../state/problem";
import { Button, FIELD } from "../parts/Button";

const TITLE_MAX = 200;

export function QuickAdd() {
  const [title, setTitle] = useState("");
  const create = useCreateTask();
  const field = useRef<HTMLInputElement>(null);
  /** One per title: sent again after a failure, it still makes one task. */
  const request = useRef<{ title: string; id: string } | null>(null);
  const wanted = title.trim();

  useEffect(() => {
    const take = () => {
      if (!wantsNewTask.get() || field.current?.checkVisibility() !== true) return;
      wantsNewTask.update(() => false);
      field.current.focus();
    };
    take();
    return wantsNewTask.subscribe(take);
  }, []);

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (wanted === "" || create.isPending) return;
    if (request.current?.title !== wanted) request.current = { title: wanted, id: uuid() };
    create.mutate(
      { draft: { title: wanted }, requestId: request.current.id },
      {
        onSuccess: () => {
          request.current = null;
          setTitle("");
          field.current?.focus();
        },
      },
    );
  };

  const problem = create.error === null ? null : problemOf(create.error);
  return (
    <form onSubmit={submit} data-testid="quick-add">
      <div className="flex gap-2">
        <input
          ref={field}
          aria-label="New task"
          aria-keyshortcuts="n"
          aria-invalid={problem !== null || undefined}
          data-testid="quick-add-title"
          placeholder="Add a task"
          autoComplete="off"
          maxLength={TITLE_MAX}
          value={title}
          onChange={(event) => {
            setTitle(event.target.value);
            create.reset();
          }}
          className={FIELD}
        />
        <Button look="primary" type="submit" disabled={wanted === ""} busy={create.isPending} data-testid="quick-add-submit">
          <Plus aria-hidden className="size-4" /> Add
        </Button>
      </div>
      {problem !== null && (
        <p role="alert" data-testid="field-error" className="mt-1.5 text-sm text-danger">
          {problem.fields["title"] ?? problem.message}
        </p>
      )}
    </form>
  );
}
