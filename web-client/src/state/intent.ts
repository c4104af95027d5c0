// What a call is about to do, in plain words made from its arguments: for somebody who has to allow it.

import type { Json, ToolCall } from "./model";

export interface Intent {
  /** What happens: "Delete", "Add". */
  readonly verb: string;
  /** To what, where the arguments name it. */
  readonly what: string | null;
  /** The task's id, where the arguments give that instead of a name. */
  readonly taskId: string | null;
  /** All arguments that the words above do not show, as they are. */
  readonly details: readonly Detail[];
}

export interface Detail {
  readonly name: string;
  readonly value: string;
}

const VERBS: Readonly<Record<string, string>> = {
  add_task: "Add",
  update_task: "Change",
  complete_task: "Complete",
  reopen_task: "Reopen",
  delete_task: "Delete",
  restore_task: "Restore",
};

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function intentOf({ tool, args }: Pick<ToolCall, "tool" | "args">): Intent {
  const verb = VERBS[tool];
  if (verb === undefined) {
    return { verb: tool === "undo" ? "Undo a change" : `Use ${tool}`, what: null, taskId: null, details: detailsOf(args, []) };
  }
  const names = tool === "add_task" ? ["title"] : ["task_id", "task"];
  const name = names.find((each) => typeof args[each] === "string" && args[each] !== "");
  const value = name === undefined ? "" : String(args[name]);
  // An id says nothing to people: it is shown as an argument, and the task's title by the view.
  const byId = tool !== "add_task" && UUID.test(value);
  const said = name === undefined || byId ? [] : [name];
  const what = name === undefined || byId ? null : value;
  return { verb, what, taskId: byId ? value : null, details: detailsOf(args, said) };
}

/** "1 change", "7 changes". */
export function changesWords(count: number): string {
  return count === 1 ? "1 change" : `${count} changes`;
}

/** How long there is left to answer. */
export function timeLeftWords(expiresAt: number, now: number): string {
  if (expiresAt <= now) return "The time to answer is over";
  const minutes = Math.round((expiresAt - now) / 60_000);
  if (minutes < 1) return "Less than a minute left to answer";
  if (minutes === 1) return "1 minute left to answer";
  if (minutes <= 90) return `${minutes} minutes left to answer`;
  return `${Math.round(minutes / 60)} hours left to answer`;
}

function detailsOf(args: ToolCall["args"], said: readonly string[]): readonly Detail[] {
  return Object.entries(args)
    .filter(([name]) => !said.includes(name))
    .map(([name, value]) => ({ name, value: exactly(value) }));
}

function exactly(value: Json | undefined): string {
  return typeof value === "string" && value !== "" ? value : JSON.stringify(value ?? null);
}
