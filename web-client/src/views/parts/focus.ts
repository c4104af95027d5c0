// Where the focus goes when what has it goes away: near, rather than to the beginning of the page.

const FOCUSABLE = "a[href], button, input, select, textarea, summary";

/** Hands the focus on if it is in `from`: to what stands next in `within`, else to `otherwise`, else to the page. */
export function handOn(from: Element, within: Element | null, otherwise: HTMLElement | null = null): void {
  if (!from.contains(document.activeElement)) return;
  const others = [...(within?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [])].filter((each) => !from.contains(each));
  const after = others.find((each) => (from.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0);
  const way = otherwise?.isConnected === true ? otherwise : document.getElementById("main");
  (after ?? others.at(-1) ?? way)?.focus();
}
