// Messages on their way and drafts, kept in the browser's storage so that neither a reload nor a closed
// tab loses text. Texts only, never a token.
//
// An entry leaves the outbox once the server has said that it is stored. Its request id makes it
// safe to send it again whenever that is unknown. Each entry has a key of its own, since tabs write
// at the same time and storage knows no transactions.

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
    private readonly storage: Storage,
    private readonly userId: string,
    /** Of this life of the page. */
    readonly tab: string,
  ) {}

  /** What is to be sent, oldest first, whoever has to. */
  all(): readonly Outgoing[] {
    return keysOf(this.storage, this.entryKey(""))
      .map((key) => entryOf(read(this.storage, key)))
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
    write(this.storage, this.entryKey(entry.requestId), JSON.stringify({ ...entry, tab: this.tab }));
  }

  remove(requestId: string): void {
    write(this.storage, this.entryKey(requestId), null);
  }

  /** A conversation has got its id: what waits to follow its first message goes there. */
  named(place: string, conversationId: string): void {
    for (const entry of this.mine()) {
      if (entry.place === place && entry.conversationId === null) this.put({ ...entry, conversationId });
    }
  }

  draft(conversationId: string | null): Draft {
    const text = read(this.storage, this.draftKey(conversationId)) ?? "";
    return { text, before: read(this.storage, this.beforeKey(conversationId)) };
  }

  keepDraft(conversationId: string | null, { text, before }: Draft): void {
    write(this.storage, this.draftKey(conversationId), text === "" ? null : text);
    write(this.storage, this.beforeKey(conversationId), before);
  }

  /** The conversation of a draft has got its id. Another one may have been begun meanwhile, with a draft of its own. */
  moveDraft(conversationId: string, draft: Draft): void {
    if (this.draft(null).text === draft.text) this.keepDraft(null, NO_DRAFT);
    this.keepDraft(conversationId, draft);
  }

  /** What would be gone with `clear`. */
  get unsent(): { readonly messages: number; readonly drafts: number } {
    const drafts = [this.draftKey(""), this.beforeKey("")].flatMap((prefix) => keysOf(this.storage, prefix));
    const written = drafts.filter((key) => read(this.storage, key)?.trim());
    return { messages: this.all().length, drafts: written.length };
  }

  /** Forgets everything of this user: on sign-out, since the next person may be another one. */
  clear(): void {
    for (const key of keysOf(this.storage, `taskchat.${this.userId}.`)) write(this.storage, key, null);
  }

  /** True when `key` of the storage is one of this outbox. */
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

// Storage may be full or forbidden; then nothing is kept, and nothing breaks.
function keysOf(storage: Storage, prefix: string): readonly string[] {
  try {
    return Object.keys(storage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}

function read(storage: Storage, key: string): string | null {
  try {
    return storage.getItem(key);
  } catch {
    return null;
  }
}

function write(storage: Storage, key: string, value: string | null): void {
  try {
    if (value === null) storage.removeItem(key);
    else storage.setItem(key, value);
  } catch {
    // See above.
  }
}
