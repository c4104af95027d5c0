// Messages on their way and drafts, kept in the browser's storage so that a reload loses no text.
//
// An entry leaves the outbox once the server has said that it is stored. Its request id makes it
// safe to send it again whenever that is unknown.

export interface Outgoing {
  readonly requestId: string;
  readonly conversationId: string | null;
  readonly text: string;
  readonly at: number;
  /** The tab it was written in. Another tab takes it over only when that one is long gone. */
  readonly tab: string;
}

/** How old another tab's entry must be before it counts as left behind. */
const ABANDONED_AFTER = 120_000;

export class Outbox {
  constructor(
    private readonly storage: Storage,
    private readonly userId: string,
    private readonly tab: string,
  ) {}

  /** What this tab has to send: its own entries, and those of tabs that are gone. */
  mine(now: number): readonly Outgoing[] {
    return this.read().filter(
      (entry) => entry.tab === this.tab || now - entry.at > ABANDONED_AFTER,
    );
  }

  put(entry: Omit<Outgoing, "tab">): void {
    const others = this.read().filter((each) => each.requestId !== entry.requestId);
    this.write([...others, { ...entry, tab: this.tab }]);
  }

  remove(requestId: string): void {
    this.write(this.read().filter((each) => each.requestId !== requestId));
  }

  draft(conversationId: string | null): string {
    return read(this.storage, this.draftKey(conversationId)) ?? "";
  }

  keepDraft(conversationId: string | null, text: string): void {
    write(this.storage, this.draftKey(conversationId), text === "" ? null : text);
  }

  /** Forgets everything of this user: on sign-out, since the next person may be another one. */
  clear(): void {
    for (const key of Object.keys(this.storage)) {
      if (key.startsWith(`taskchat.${this.userId}.`)) write(this.storage, key, null);
    }
  }

  private draftKey(conversationId: string | null): string {
    return `taskchat.${this.userId}.draft.${conversationId ?? "new"}`;
  }

  private get outboxKey(): string {
    return `taskchat.${this.userId}.outbox`;
  }

  private read(): readonly Outgoing[] {
    const text = read(this.storage, this.outboxKey);
    if (text === null) return [];
    try {
      const entries: unknown = JSON.parse(text);
      return Array.isArray(entries) ? entries.filter(isOutgoing) : [];
    } catch {
      return [];
    }
  }

  private write(entries: readonly Outgoing[]): void {
    write(this.storage, this.outboxKey, entries.length === 0 ? null : JSON.stringify(entries));
  }
}

function isOutgoing(value: unknown): value is Outgoing {
  if (typeof value !== "object" || value === null) return false;
  const entry = value as Partial<Record<keyof Outgoing, unknown>>;
  return (
    typeof entry.requestId === "string" &&
    typeof entry.text === "string" &&
    typeof entry.at === "number" &&
    typeof entry.tab === "string" &&
    (entry.conversationId === null || typeof entry.conversationId === "string")
  );
}

// Storage may be full or forbidden; then nothing is kept, and nothing breaks.
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
