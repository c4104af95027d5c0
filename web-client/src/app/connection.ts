// Streams that break: how long a silent one is believed in, and when to try again.

import type { TurnEvent } from "../state/model";
import { Problem, problemOf } from "../state/problem";

/** Heartbeats come every 15 s; a stream that is silent for longer than this is dead. */
const SILENCE = 45_000;
/** Before a lost stream is taken up again. */
const BACKOFF = [500, 1000, 2000, 4000, 8000, 15_000] as const;
/** While the browser believes to be online, a message is tried again after this long. */
const RESEND = [2000, 4000, 8000, 15_000, 30_000] as const;

/**
 * Listens to one connection until `over`, its end, too long a silence, or until `heard` has heard
 * enough (`false`). Returns why it ended; an end without a last event is a cut like any other.
 */
export async function listen(
  open: (signal: AbortSignal) => AsyncIterable<TurnEvent>,
  over: AbortSignal,
  heard: (event: TurnEvent) => boolean,
): Promise<Problem> {
  const attempt = new AbortController();
  const end = () => attempt.abort();
  over.addEventListener("abort", end, { once: true });
  let watchdog = setTimeout(end, SILENCE);
  try {
    for await (const event of open(attempt.signal)) {
      clearTimeout(watchdog);
      watchdog = setTimeout(end, SILENCE);
      if (!heard(event)) break;
    }
  } catch (cause) {
    const problem = problemOf(cause);
    if (problem.kind !== "cancelled") return problem;
  } finally {
    clearTimeout(watchdog);
    over.removeEventListener("abort", end);
  }
  return new Problem("unreachable", "The connection was lost.");
}

/** How long to wait, in ms, before a stream is taken up that has brought nothing `tries` times. */
export const backOff = (tries: number): number => spread(BACKOFF, tries);

/** How long to wait, in ms, before a message is sent again that was refused `times` before. */
export const attempt = (times: number): number => spread(RESEND, times);

/** Not all pages at once when a server comes back. */
function spread(delays: readonly number[], at: number): number {
  return (delays[Math.min(at, delays.length - 1)] ?? SILENCE) * (0.75 + Math.random() / 2);
}

/** Waits, but not longer than until the browser says that it is online again, or `over`. */
export function pause(duration: number, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      over.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, duration);
    addEventListener("online", done);
    over.addEventListener("abort", done);
  });
}
