// Messages on their way and drafts, kept on this device so that neither a reload nor a closed tab loses
// text. Texts only, never a token.
//
// An entry leaves the outbox once the server has said that it is stored. Its request id makes it
// safe to send it again whenever that is unknown. Each entry has a key of its own, since tabs write
// at the same time and storage knows no transactions.

import type { Kept } from "./kept";

export interface Outgoing {
  readonly requestId: string;
  readonly conversationId: string | null;
  /** Holds messages together whose conversation has no id yet. */
  readonly place: string;
  readonly text: string;
  readonly at: number;
  /** The life of a page that has it to send. */
  readonly tab: string;
}

/** What is being written. */
export interface Draft {
  readonly text: string;
  /** What was being written when an earlier message was taken up to be changed; `null` while none is. */
  readonly before: string | null;
}

export const NO_DRAFT: Draft = { text: "", before: null };

export class Outbox {
  constructor(
    private readonly kept: Kept,
    private readonly userId: string,
    /** Of this life of the page. */
    readonly tab: string,
  ) {}

  /** What is to be sent, oldest first, whoever has to. */
  all(): readonly Outgoing[] {
    return this.kept.keys(this.entryKey(""))
      .map((key) => entryOf(this.kept.read(key)))
      .filter((entry) => entry !== null)
      .toSorted((one, other) => one.at - other.at);
  }

  /** What this page has to send. */
  mine(): readonly Outgoing[] {
    return this.all().filter((entry) => entry.tab === this.tab);
  }

  /** The pages that have something to send, besides this one. */
  others(): readonly string[] {
    return [...new Set(this.all().map((entry) => entry.tab))].filter((tab) => tab !== this.tab);
  }

  /** Makes the entries of a page that is gone this one's, and returns them. */
  adopt(tab: string): readonly Outgoing[] {
    const left = this.all().filter((entry) => entry.tab === tab);
    for (const entry of left) this.put(entry);
    return left;
  }

  put(entry: Omit<Outgoing, "tab">): void {
    this.kept.write(this.entryKey(entry.requestId), JSON.stringify({ ...entry, tab: this.tab }));
  }

  remove(requestId: string): void {
    this.kept.write(this.entryKey(requestId), null);
  }

  /** A conversation has got its id: what waits to follow its first message goes there. */
  named(place: string, conversationId: string): void {
    for (const entry of this.mine()) {
      if (entry.place === place && entry.conversationId === null) this.put({ ...entry, conversationId });
    }
  }

  draft(conversationId: string | null): Draft {
    const text = this.kept.read(this.draftKey(conversationId)) ?? "";
    return { text, before: this.kept.read(this.beforeKey(conversationId)) };
  }

  keepDraft(conversationId: string | null, { text, before }: Draft): void {
    this.kept.write(this.draftKey(conversationId), text === "" ? null : text);
    this.kept.write(this.beforeKey(conversationId), before);
  }

  /** The conversation of a draft has got its id. Another one may have been begun meanwhile, with a draft of its own. */
  moveDraft(conversationId: string, draft: Draft): void {
    if (this.draft(null).text === draft.text) this.keepDraft(null, NO_DRAFT);
    this.keepDraft(conversationId, draft);
  }

  /** What would be gone with `clear`. */
  get unsent(): { readonly messages: number; readonly drafts: number } {
    const drafts = [this.draftKey(""), this.beforeKey("")].flatMap((prefix) => this.kept.keys(prefix));
    const written = drafts.filter((key) => this.kept.read(key)?.trim());
    return { messages: this.all().length, drafts: written.length };
  }

  /** Forgets everything of this user: on sign-out, since the next person may be another one. */
  clear(): void {
    for (const key of this.kept.keys(`taskchat.${this.userId}.`)) this.kept.write(key, null);
  }

  /** True when `key` is one of this outbox. */
  holds(key: string | null): boolean {
    return key?.startsWith(this.entryKey("")) === true;
  }

  private draftKey(conversationId: string | null): string {
    return `taskchat.${this.userId}.draft.${conversationId ?? "new"}`;
  }

  private beforeKey(conversationId: string | null): string {
    return `taskchat.${this.userId}.before.${conversationId ?? "new"}`;
  }

  private entryKey(requestId: string): string {
    return `taskchat.${this.userId}.outbox.${requestId}`;
  }
}

function entryOf(text: string | null): Outgoing | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isOutgoing(value) ? value : null;
  } catch {
    return null;
  }
}

function isOutgoing(value: unknown): value is Outgoing {
  if (typeof value !== "object" || value === null) return false;
  const entry = value as Partial<Record<keyof Outgoing, unknown>>;
  return (
    typeof entry.requestId === "string" &&
    typeof entry.place === "string" &&
    typeof entry.text === "string" &&
    typeof entry.at === "number" &&
    typeof entry.tab === "string" &&
    (entry.conversationId === null || typeof entry.conversationId === "string")
  );
}
