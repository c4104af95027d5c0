// What can wait: parts that are loaded once what the person came for can be read.

/** Whatever there is to read: after this long, the rest comes all the same. In ms. */
const PATIENCE = 4000;
/** Where the browser does not say when it is idle. In ms. */
const PAUSE = 200;

let settle: () => void = () => {};

/** Fulfilled when the first page stands there and has been painted. */
export const settled = new Promise<void>((resolve) => {
  settle = resolve;
});
setTimeout(settle, PATIENCE);

/** Told by every page that has something to read; the first one counts. */
export function shown(): void {
  afterPaint(settle);
}

/** Calls `act` once the next frame is painted and nothing is more urgent; returns how to call it off. */
export function afterPaint(act: () => void): () => void {
  let off = false;
  const go = () => {
    if (!off) act();
  };
  requestAnimationFrame(() => {
    // Absent from some browsers.
    if (typeof requestIdleCallback === "function") requestIdleCallback(go, { timeout: 1000 });
    else setTimeout(go, PAUSE);
  });
  return () => {
    off = true;
  };
}
