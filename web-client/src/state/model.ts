// The words of the page: what tasks, turns and messages are once they have left the wire.
// Plain values only; instants are milliseconds since 1970.

export type TaskStatus = "pending" | "in_progress" | "completed";
export type TaskPriority = "low" | "medium" | "high" | "urgent";
/** By whose hand something was done. */
export type Origin = "hand" | "turn" | "mcp";

export interface Task {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly status: TaskStatus;
  readonly priority: TaskPriority;
  /** A date ("2026-11-27") or an instant (RFC 3339). */
  readonly due: string | null;
  readonly completedAt: number | null;
  readonly tags: readonly string[];
  /** RFC 5545 RRULE without its name. */
  readonly recurrence: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly version: number;
  readonly origin: Origin;
}

/** What a person can set of a task. */
export interface TaskDraft {
  readonly title: string;
  readonly description: string;
  readonly status: TaskStatus;
  readonly priority: TaskPriority;
  readonly due: string | null;
  readonly tags: readonly string[];
}

export type ReceiptKind = "created" | "updated" | "completed" | "reopened" | "deleted" | "restored";

export interface FieldChange {
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

/** The system's own word on one change. */
export interface Receipt {
  readonly operationId: string;
  readonly kind: ReceiptKind;
  readonly summary: string;
  readonly task: Task | null;
  readonly changes: readonly FieldChange[];
  readonly undoable: boolean;
  readonly undoneBy: string | null;
}

/** One entry of the audit trail. */
export interface Operation {
  readonly id: string;
  readonly receipt: Receipt;
  readonly origin: Origin;
  readonly turnId: string;
  readonly at: number;
  /** The operation it took back, if it is an undo or a redo. */
  readonly undoes: string | null;
  /** Tasks beside the receipt's that came to be or changed with it. */
  readonly otherTasks: readonly Task[];
  /** Tasks beside the receipt's that went with it. */
  readonly removedTaskIds: readonly string[];
}

/** News of the caller's tasks, numbered 1, 2, 3 ... per person. */
export type Tiding =
  /** Whatever has a higher number will come. */
  | { readonly kind: "ready"; readonly seq: number }
  | { readonly kind: "operation"; readonly seq: number; readonly operation: Operation }
  | { readonly kind: "alive" };

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export interface ToolCall {
  /** Unique within its turn. */
  readonly id: string;
  readonly tool: string;
  readonly args: JsonObject;
  /** `null` while it runs. */
  readonly result: JsonObject | null;
  readonly isError: boolean;
  readonly receipt: Receipt | null;
}

export interface Notice {
  readonly kind: "answered_without_ai" | "unbacked_claim" | "other";
  readonly text: string;
}

/** Why a turn was given up, in words for the person. */
export interface Failure {
  readonly text: string;
  readonly retryable: boolean;
}

export type ApprovalState = "pending" | "approved" | "denied" | "expired";
export type Decision = "approve" | "deny";

/** A question to the person: may exactly these calls be made? */
export interface Approval {
  readonly id: string;
  readonly state: ApprovalState;
  /** Why it is asked, in the system's words. */
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly expiresAt: number;
  /** `null` while it is pending. */
  readonly decidedAt: number | null;
}

/** What became of one operation that was to be undone or done again. */
export interface OperationOutcome {
  readonly operationId: string;
  readonly kind: "undone" | "redone" | "unchanged" | "conflict";
  /** Absent when nothing was changed. */
  readonly receipt: Receipt | null;
  /** On a conflict, one sentence that names what has changed since. */
  readonly problem: string;
}

/** Where a turn stands on the server. */
export type TurnState =
  | "queued"
  | "running"
  | "waiting_for_approval"
  | "completed"
  | "failed"
  | "cancelled"
  | "interrupted";

/** A turn as the server holds it; followed from its first event. */
export interface Standing {
  readonly turnId: string;
  readonly state: TurnState;
  readonly at: number;
}

export interface Message {
  readonly id: string;
  readonly role: "user" | "assistant";
  readonly content: string;
  readonly calls: readonly ToolCall[];
  readonly notices: readonly Notice[];
  /** What the person was asked, in that order. */
  readonly approvals: readonly Approval[];
  readonly failure: Failure | null;
  readonly at: number;
  readonly turnId: string;
  readonly state: TurnState;
}

/** The end of a turn that was answered, stopped or cut off. */
export interface Answer {
  readonly state: TurnState;
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly notices: readonly Notice[];
}

export type TurnEvent = {
  readonly turnId: string;
  /** 1, 2, 3 ... within the turn; 0 on a heartbeat. */
  readonly seq: number;
  readonly at: number;
} & (
  | {
      readonly kind: "started";
      readonly conversationId: string;
    }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "called"; readonly call: ToolCall }
  | { readonly kind: "returned"; readonly call: ToolCall }
  /** The person is asked, or has answered: the approval as it stands from here on. */
  | { readonly kind: "approval"; readonly approval: Approval }
  | { readonly kind: "notice"; readonly notice: Notice }
  | { readonly kind: "heartbeat" }
  | { readonly kind: "completed"; readonly answer: Answer }
  | { readonly kind: "failed"; readonly failure: Failure; readonly calls: readonly ToolCall[] }
  /** Something a newer server says; it takes its place in the sequence and no more. */
  | { readonly kind: "unknown" }
);

export interface Conversation {
  readonly id: string;
  readonly title: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A place in the conversations where words were found. */
export interface Finding {
  readonly conversation: Conversation;
  /** Empty where it is the title that matched. */
  readonly turnId: string;
  readonly messageId: string;
  readonly role: "user" | "assistant";
  /** Joined, they are the words around the matches. */
  readonly snippet: readonly SnippetPart[];
  readonly at: number;
}

export interface SnippetPart {
  readonly text: string;
  readonly match: boolean;
}

/** When a person wants to be asked before the assistant acts. */
export type ApprovalPolicy = "by_risk" | "always" | "never";

export interface User {
  readonly id: string;
  readonly email: string | null;
  /** IANA name; "UTC" until one is known. */
  readonly timeZone: string;
  readonly approvalPolicy: ApprovalPolicy;
  readonly createdAt: number;
}

/** One sign-in. */
export interface SignIn {
  readonly id: string;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  /** What the browser or program called itself; may be empty. */
  readonly userAgent: string;
  /** True for the one that this page uses. */
  readonly current: boolean;
}

/** What people can choose of their account. */
export type Choices = Pick<User, "timeZone" | "approvalPolicy">;

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** `null` on the last page. */
  readonly next: string | null;
}
