// What a thread holds on to: its end, a place that was gone to, or nothing. Changes with every scroll,
// and nothing is drawn from it.

/** How long after a move upwards the end, not left yet, does not count as reached. In ms. */
const LEAVING = 300;

/** Where the upper edge belongs, as far as heights are known; `null` if the place is gone. */
export type Place = () => number | null;

export class Hold {
  private guarded = false;
  /** While the reader's move upwards is under way. */
  private until = 0;
  private place: Place | null = null;

  constructor(private on: boolean) {
    this.guarded = !on;
  }

  /** True for the end. */
  get held(): boolean {
    return this.on;
  }

  /** Where the upper edge belongs, while a place is held. */
  get top(): number | null {
    return this.place?.() ?? null;
  }

  take(): void {
    this.on = true;
    this.moved();
  }

  /** The reader goes up. */
  release(): void {
    this.on = false;
  }

  /**
   * Lets go for a place that is gone to by program, as soon as that is known. On the way there, while
   * heights are only guessed, the end may be touched; that means nothing until the reader moves.
   */
  leave(place: Place | null = null): void {
    this.on = false;
    this.guarded = true;
    this.place = place;
  }

  /** The reader moves, by whatever means. */
  moved(): void {
    this.guarded = false;
    this.until = 0;
    this.place = null;
  }

  /** The reader begins to go up: lets go before anything has moved, since what grows now must not take the reader back. */
  up(now: number): void {
    this.moved();
    this.on = false;
    this.until = now + LEAVING;
  }

  /** The end has come into sight. */
  reached(now: number): void {
    if (!this.guarded && now >= this.until) this.on = true;
  }
}
