// Whether the end of a thread is held on to. Changes with every scroll, and nothing is drawn from it.

export class Hold {
  private guarded = false;

  constructor(private on: boolean) {
    this.guarded = !on;
  }

  get held(): boolean {
    return this.on;
  }

  take(): void {
    this.on = true;
    this.guarded = false;
  }

  /** The reader goes up. */
  release(): void {
    this.on = false;
  }

  /**
   * Lets go for a place that is gone to by program. On the way there, while heights are only guessed,
   * the end may be touched; that means nothing until the reader moves.
   */
  leave(): void {
    this.on = false;
    this.guarded = true;
  }

  /** The reader moves, by whatever means. */
  moved(): void {
    this.guarded = false;
  }

  /** The end has come into sight. */
  reached(): void {
    if (!this.guarded) this.on = true;
  }
}
