// What is being written in one conversation: the draft, and what is said once more in other words.

import type { Draft } from "../state/outbox";
import { createStore, type Store } from "../state/store";

export class Writing {
  readonly draft: Store<string>;
  /** What was being written when somebody began to change an earlier message; `null` while nobody does. */
  readonly before: Store<string | null>;
  private composer: (() => void) | null = null;

  /** Begins with `kept`; has every change of it kept. */
  constructor(kept: Draft, keep: (draft: Draft) => void) {
    this.draft = createStore(kept.text);
    this.before = createStore(kept.before);
    const changed = () => keep(this.now);
    this.draft.subscribe(changed);
    this.before.subscribe(changed);
  }

  get now(): Draft {
    return { text: this.draft.get(), before: this.before.get() };
  }

  /** Puts the words of an earlier message where messages are written. */
  edit(text: string): void {
    this.before.update((before) => before ?? this.draft.get());
    this.draft.update(() => text);
    this.focus();
  }

  /** Ends that, and gives back what was being written. */
  stopEditing(): void {
    const before = this.before.get();
    if (before === null) return;
    this.before.update(() => null);
    this.draft.update(() => before);
    this.focus();
  }

  /** Puts the cursor where messages are written. */
  focus(): void {
    // After React has put the text there.
    setTimeout(() => this.composer?.(), 0);
  }

  /** Has `focus` do it; returns what ends that. */
  onFocus(focus: () => void): () => void {
    this.composer = focus;
    return () => {
      if (this.composer === focus) this.composer = null;
    };
  }
}
