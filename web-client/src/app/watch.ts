// Keeps the tasks of all tabs in step with the server: one tab listens and tells the others, so that a
// browser's six connections are not taken by tabs that all hear the same.
//
// The tab that holds the lock listens. Where there are no locks, each visible tab
// listens for itself. What is missed is read anew when a tab is looked at again.

import type { Operation, Tiding } from "../state/model";
import { problemOf } from "../state/problem";
import { judge, type Place } from "../state/feed";

/** The server says something every 15 seconds. */
const SILENCE = 45_000;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;

export interface WatchHost {
  /** Names the lock and the channel; one per person. */
  readonly name: string;
  readonly locks: LockManager | undefined;
  readonly channel: BroadcastChannel | null;
  readonly open: (after: number | null, signal: AbortSignal) => AsyncIterable<Tiding>;
  readonly took: (operation: Operation) => void;
  /** Something was missed. */
  readonly reread: () => void;
}

export class Watch {
  private place: Place = null;
  private heardAt = Date.now();
  /** Aborted when this tab no longer listens; `null` while another one does. */
  private listening: AbortController | null = null;
  /** Aborted when this tab no longer waits to listen. */
  private waiting: AbortController | null = null;
  private readonly closed = new AbortController();
  private wake: () => void = () => {};

  constructor(private readonly host: WatchHost) {
    const { signal } = this.closed;
    host.channel?.addEventListener("message", this.told, { signal });
    addEventListener("online", () => this.wake(), { signal });
    document.addEventListener("visibilitychange", this.looked, { signal });
    if (host.locks !== undefined) void this.queue(false);
    else if (!document.hidden) void this.listen();
  }

  dispose(): void {
    this.closed.abort();
    this.waiting?.abort();
    this.listening?.abort();
    this.host.channel?.close();
  }

  /** Waits for its turn to listen; `steal` takes it from a tab that has fallen silent. */
  private async queue(steal: boolean): Promise<void> {
    const { locks, name } = this.host;
    this.waiting?.abort();
    const waiting = new AbortController();
    this.waiting = waiting;
    try {
      await locks?.request(name, steal ? { steal } : { signal: waiting.signal }, () => this.listen());
    } catch {
      if (this.waiting !== waiting || this.closed.signal.aborted) return;
      // Stolen by a tab that heard nothing of us.
      this.listening?.abort();
      void this.queue(false);
    }
  }

  private async listen(): Promise<void> {
    const listening = new AbortController();
    this.listening = listening;
    for (let tries = 0; !listening.signal.aborted && !this.closed.signal.aborted; tries += 1) {
      if (await this.hear(listening.signal)) tries = 0;
      await this.pause(tries, listening.signal);
    }
    if (this.listening === listening) this.listening = null;
  }

  /** One connection, to its end; true when something was heard. */
  private async hear(signal: AbortSignal): Promise<boolean> {
    const connection = new AbortController();
    const stop = () => connection.abort();
    signal.addEventListener("abort", stop, { once: true });
    let silence = setTimeout(stop, SILENCE);
    let heard = false;
    try {
      for await (const tiding of this.host.open(this.place, connection.signal)) {
        clearTimeout(silence);
        silence = setTimeout(stop, SILENCE);
        heard = true;
        this.take(tiding);
        this.host.channel?.postMessage(tiding);
      }
    } catch (cause) {
      // A place that the server has never heard of: begin anew.
      if (problemOf(cause).kind === "invalid") this.place = null;
    } finally {
      clearTimeout(silence);
      signal.removeEventListener("abort", stop);
      connection.abort();
    }
    return heard;
  }

  /** Longer and longer, and never all tabs of the world at once; shorter when the network is back. */
  private pause(tries: number, signal: AbortSignal): Promise<void> {
    const longest = Math.min(FIRST_PAUSE * 2 ** tries, LONGEST_PAUSE);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake(), longest * (0.5 + Math.random() / 2));
      this.wake = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", this.wake);
        resolve();
      };
      signal.addEventListener("abort", this.wake, { once: true });
      if (signal.aborted) this.wake();
    });
  }

  private take(tiding: Tiding): void {
    this.heardAt = Date.now();
    const [place, verdict] = judge(this.place, tiding);
    this.place = place;
    if (verdict === "take" && tiding.kind === "operation") this.host.took(tiding.operation);
    else if (verdict === "reread") this.host.reread();
  }

  private readonly told = ({ data }: MessageEvent<Tiding>) => this.take(data);

  private readonly looked = () => {
    if (this.host.locks === undefined) {
      if (document.hidden) this.listening?.abort();
      else if (this.listening === null) void this.listen();
      return;
    }
    this.wake();
    if (document.hidden || this.listening !== null) return;
    // What came while this tab was asleep is delivered first.
    setTimeout(() => {
      const silent = Date.now() - this.heardAt > SILENCE;
      if (silent && this.listening === null && !this.closed.signal.aborted) void this.queue(true);
    }, 1000);
  };
}
