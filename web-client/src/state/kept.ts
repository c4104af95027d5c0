// What is kept on this device. The browser's storage may be full, or forbidden by its settings: what it
// does not take is kept for as long as the page is open, and nothing breaks.

export class Kept {
  private readonly unstored = new Map<string, string>();

  /** Asked for each time: where storage is forbidden, the mere asking throws. */
  constructor(private readonly storage: () => Storage) {}

  read(key: string): string | null {
    return this.unstored.get(key) ?? attempt(() => this.storage().getItem(key), null);
  }

  /** `null` removes it. */
  write(key: string, value: string | null): void {
    this.unstored.delete(key);
    if (value === null) attempt(() => this.storage().removeItem(key), undefined);
    else if (!attempt(() => (this.storage().setItem(key, value), true), false)) this.unstored.set(key, value);
  }

  keys(prefix: string): readonly string[] {
    const stored = attempt(() => Object.keys(this.storage()), []);
    return [...new Set([...stored, ...this.unstored.keys()])].filter((key) => key.startsWith(prefix));
  }
}

function attempt<T>(act: () => T, otherwise: T): T {
  try {
    return act();
  } catch {
    return otherwise;
  }
}

export const kept = new Kept(() => localStorage);

/** The browser's settings forbid this site to store anything, cookies included. */
export const forgetful = (): boolean => attempt(() => localStorage.length, null) === null;

/** Locks among tabs. There are none on insecure origins (no TLS), and none where storage is forbidden. */
export function usableLocks(): LockManager | undefined {
  return forgetful() ? undefined : (navigator.locks as LockManager | undefined);
}
