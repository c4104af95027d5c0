// What a tool call came to, in plain words: from its receipt, or else from its answer's envelope.

import { dueWords } from "./due";
import type { Here } from "./here";
import type { Json, JsonObject, ToolCall } from "./model";

export type Tone = "running" | "changed" | "undone" | "read" | "failed" | "stopped";

export interface Outcome {
  readonly tone: Tone;
  readonly words: string;
}

/** What a tool is about to do, and what it could not do. */
const DOING: Readonly<Record<string, string>> = {
  add_task: "Adding a task",
  list_tasks: "Looking through your tasks",
  get_task: "Reading a task",
  update_task: "Changing a task",
  complete_task: "Completing a task",
  reopen_task: "Reopening a task",
  delete_task: "Deleting a task",
  restore_task: "Restoring a task",
  undo: "Undoing a change",
  search_messages: "Searching your messages",
};

export function doing(tool: string): string {
  return DOING[tool] ?? `Using ${tool}`;
}

export function outcomeOf(call: ToolCall, ended: boolean, undone: boolean, here: Here): Outcome {
  if (call.receipt !== null && !call.isError) {
    return { tone: undone ? "undone" : "changed", words: inLocalTime(call.receipt.summary, here) };
  }
  if (call.result === null) {
    return ended
      ? { tone: "stopped", words: `${doing(call.tool)}: not finished.` }
      : { tone: "running", words: `${doing(call.tool)}…` };
  }
  if (call.isError || call.result["success"] === false) {
    const refused = REFUSED[codeOf(call.result) ?? ""];
    if (refused !== undefined) return { tone: "stopped", words: `${doing(call.tool)}: ${refused}` };
    return { tone: "failed", words: refusalOf(call.result) ?? `${doing(call.tool)}.` };
  }
  return { tone: "read", words: readOf(call.tool, call.result) };
}

/** The system writes days and instants for machines; people read them in their own words and time. Quoted titles stay as they are. */
export function inLocalTime(summary: string, here: Here): string {
  return summary
    .split(/(“[^”]*”)/)
    .map((part) =>
      part.startsWith("“")
        ? part
        : part.replace(/\b\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?/g, (due) =>
            dueWords(due, here).replace(/^(?:Today|Tomorrow|Yesterday)/, (day) => day.toLowerCase()),
          ),
    )
    .join("");
}

/** What the person did not allow is no failure. */
const REFUSED: Readonly<Record<string, string>> = {
  DENIED: "not done, as you did not allow it.",
  EXPIRED: "not done, as nobody allowed it in time.",
};

function codeOf(result: JsonObject): string | null {
  const code = objectOf(result["error"])?.["code"];
  return typeof code === "string" ? code : null;
}

function refusalOf(result: JsonObject): string | null {
  const error = objectOf(result["error"]);
  const words = error?.["message"];
  if (typeof words !== "string" || words === "") return null;
  const capital = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}

function readOf(tool: string, result: JsonObject): string {
  const data = objectOf(result["data"]);
  const count = data?.["count"];
  if (tool === "list_tasks" && typeof count === "number") {
    return count === 0 ? "Found no tasks." : `Found ${count} ${count === 1 ? "task" : "tasks"}.`;
  }
  const title = data?.["title"];
  if (tool === "get_task" && typeof title === "string") return `Read “${title}”.`;
  if (tool === "search_messages" && typeof count === "number") {
    return `Found ${count} ${count === 1 ? "message" : "messages"}.`;
  }
  if (tool in DOING && !/^(list|get|search)_/.test(tool)) return "Nothing had to be changed.";
  return `${doing(tool)}: done.`;
}

function objectOf(value: Json | undefined): JsonObject | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}
