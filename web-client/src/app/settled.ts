// What can wait: parts that are loaded once the page that was asked for is there.

const PAUSE = 500;

let settle: () => void = () => {};

/** Fulfilled a moment after the first page has come. */
export const settled = new Promise<void>((resolve) => {
  settle = resolve;
});

/** Called once, with the first page on its way. */
export function settleAfter(page: Promise<void>): void {
  void page.then(() => setTimeout(settle, PAUSE));
}
