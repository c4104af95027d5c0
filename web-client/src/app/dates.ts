// Dates in words, without the page standing still for the first of them. For that one, Chromium looks
// through its tables of all languages, once a process: 20 to 40 ms that neither scrolling nor typing
// gets through. A worker is in the same process, so whatever it has looked up need not be again.

import { script } from "./scripts";

/** How long the worker stays once it is done. In ms. */
const LINGER = 5000;
/** How long it is waited for: a file that does not come must not keep the dates back. In ms. */
const PATIENCE = 2000;

/** Fulfilled once words of a date come quickly, or when that was not to be had. */
export const datesRead = new Promise<void>((resolve) => {
  try {
    const worker = new Worker(script("/dates.js"));
    const done = () => {
      // Not at once: tools that look into every worker (Lighthouse) wait for ever for one that is gone.
      setTimeout(() => worker.terminate(), LINGER);
      resolve();
    };
    worker.addEventListener("message", done);
    worker.addEventListener("error", done);
    setTimeout(resolve, PATIENCE);
  } catch {
    // Forbidden, or no browser: the page looks it up itself.
    resolve();
  }
});
