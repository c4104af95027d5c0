// Modules that are fetched when they are wanted, also over a network that comes and goes.

const PAUSES = [500, 1000, 2000, 4000, 8000] as const;

/** What `fetch` brings. Tried until it comes; throws when it will not although there is a network. */
export async function fetched<T>(fetch: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await fetch();
    } catch (cause) {
      // Out of reach, or replaced by a newer build: the browser asks anew each time.
      if (tries >= PAUSES.length && navigator.onLine) throw cause;
      await pause(PAUSES[Math.min(tries, PAUSES.length - 1)] ?? 0);
    }
  }
}

/** Waits, but not longer than until the browser is online again. */
function pause(duration: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, duration);
    addEventListener("online", done);
  });
}
