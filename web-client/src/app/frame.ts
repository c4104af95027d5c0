// Folds what has come since the last frame at once, however fast it comes.

/** Of the time, at most one part in this many goes into showing what comes in; the rest is the person's. */
const SHARE = 3;
/** A frame that takes this little of a display's 16 ms is no burden. */
const CHEAP = 6;
/** For how long a key that was pressed may still wait to be seen. In ms. */
const FRESH = 50;

let pressed = Number.NEGATIVE_INFINITY;
addEventListener("keydown", () => (pressed = performance.now()), { capture: true, passive: true });

/**
 * Collects items and hands them over once per frame, or less often where a frame costs much: on a slow
 * machine an answer appears in larger pieces, and what is typed comes first. By a timer while the tab
 * is hidden, where frames stop.
 */
export class Frames<T> {
  private items: T[] = [];
  private cancel: (() => void) | null = null;
  private notBefore = 0;
  /** What the last time took, with the frame that showed it. In ms. */
  private cost = 0;

  constructor(private readonly take: (items: readonly T[]) => void) {}

  push(item: T): void {
    this.items.push(item);
    if (this.cancel === null) this.schedule();
  }

  flush(): void {
    this.cancel?.();
    this.cancel = null;
    if (this.items.length === 0) return;
    const items = this.items;
    this.items = [];
    const began = performance.now();
    this.take(items);
    const taken = performance.now() - began;
    const reckon = (cost: number) => {
      this.cost = cost;
      this.notBefore = cost < CHEAP ? 0 : began + SHARE * cost;
    };
    // By the end of the frame that shows it the whole price is known.
    const frame = (from: number, before: number) => setTimeout(() => reckon(before + performance.now() - from), 0);
    if (this.cost < CHEAP) {
      frame(began, 0);
    } else {
      reckon(Math.max(this.cost, taken));
      requestAnimationFrame(() => frame(performance.now(), taken));
    }
  }

  private schedule(): void {
    if (document.hidden) {
      const timer = setTimeout(() => this.flush(), 250);
      this.cancel = () => clearTimeout(timer);
      return;
    }
    let frame = 0;
    let pause: ReturnType<typeof setTimeout> | undefined;
    let yielded = false;
    const show = () => {
      // The frame after a key shows what it wrote and nothing else; the one after that has room again.
      if (yielded || performance.now() - pressed >= FRESH) return this.flush();
      yielded = true;
      due();
    };
    const due = () => {
      // What is dear is drawn between two frames, so that a key which comes meanwhile is served before the next.
      frame = requestAnimationFrame(this.cost < CHEAP ? show : () => (pause = setTimeout(show, 0)));
    };
    const wait = Math.min(this.notBefore - performance.now(), 250);
    if (wait > 0) pause = setTimeout(due, wait);
    else due();
    // A tab hidden before its next frame would keep the items until it is shown again.
    const timer = setTimeout(() => this.flush(), 500);
    this.cancel = () => {
      clearTimeout(pause);
      clearTimeout(timer);
      cancelAnimationFrame(frame);
    };
  }
}
