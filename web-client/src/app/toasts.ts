// Short messages at the edge of the page, and the one line that screen readers are told.

import { createStore } from "../state/store";

export interface Toast {
  readonly id: number;
  readonly tone: "plain" | "danger";
  readonly text: string;
  readonly action: { readonly label: string; readonly run: () => void } | null;
}

export class Toasts {
  readonly list = createStore<readonly Toast[]>([]);
  /** What the status region says. */
  readonly said = createStore("");
  private next = 1;

  show(text: string, action: Toast["action"] = null, tone: Toast["tone"] = "plain"): void {
    const toast: Toast = { id: this.next++, tone, text, action };
    this.list.update((list) => [...list.slice(-2), toast]);
    this.say(text);
  }

  warn(text: string): void {
    this.show(text, null, "danger");
  }

  dismiss(id: number): void {
    this.list.update((list) => list.filter((toast) => toast.id !== id));
  }

  /** Takes the way back that the latest message offers. */
  undoLatest(): void {
    const latest = this.list.get().findLast(({ action }) => action !== null);
    if (latest === undefined) return;
    latest.action?.run();
    this.dismiss(latest.id);
  }

  /** Tells a screen reader, politely. Phases and results only, never the text of an answer. */
  say(text: string): void {
    // The same words twice would not be announced again; a trailing space makes them other words.
    this.said.update((was) => (was === text ? `${text} ` : text));
  }
}
