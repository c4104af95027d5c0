// Folds what has come since the last frame at once, however fast it comes.

/** Collects items and hands them over once per frame; by a timer while the tab is hidden, where frames stop. */
export class Frames<T> {
  private items: T[] = [];
  private cancel: (() => void) | null = null;

  constructor(private readonly take: (items: readonly T[]) => void) {}

  push(item: T): void {
    this.items.push(item);
    if (this.cancel !== null) return;
    if (document.hidden) {
      const timer = setTimeout(() => this.flush(), 250);
      this.cancel = () => clearTimeout(timer);
    } else {
      const frame = requestAnimationFrame(() => this.flush());
      // A tab hidden before its next frame would keep the items until it is shown again.
      const timer = setTimeout(() => this.flush(), 500);
      this.cancel = () => {
        cancelAnimationFrame(frame);
        clearTimeout(timer);
      };
    }
  }

  flush(): void {
    this.cancel?.();
    this.cancel = null;
    if (this.items.length === 0) return;
    const items = this.items;
    this.items = [];
    this.take(items);
  }
}
