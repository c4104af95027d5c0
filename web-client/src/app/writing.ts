// What is being written in one conversation: the draft, and what is said once more in other words.

import { createStore, type Store } from "../state/store";

interface Editing {
  readonly key: string;
  /** What was being written when it began. */
  readonly before: string;
}

export class Writing {
  readonly draft: Store<string>;
  readonly editing: Store<Editing | null> = createStore<Editing | null>(null);
  private composer: (() => void) | null = null;

  /** Begins with `draft`; has every change of it kept. */
  constructor(draft: string, keep: (draft: string) => void) {
    this.draft = createStore(draft);
    this.draft.subscribe(() => keep(this.draft.get()));
  }

  /** Puts the words of an earlier message where messages are written. */
  edit(key: string, text: string): void {
    const before = this.editing.get()?.before ?? this.draft.get();
    this.editing.update(() => ({ key, before }));
    this.draft.update(() => text);
    this.focus();
  }

  /** Ends that, and gives back what was being written. */
  stopEditing(): void {
    const editing = this.editing.get();
    if (editing === null) return;
    this.editing.update(() => null);
    this.draft.update(() => editing.before);
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
