// Whether the end of a thread is held on to. Changes with every scroll, and nothing is drawn from it.

export class Hold {
  constructor(private on: boolean) {}

  get held(): boolean {
    return this.on;
  }

  take(): void {
    this.on = true;
  }

  release(): void {
    this.on = false;
  }
}
