// Who a key is for: the field that is typed in, or the page.

const TYPED = "input:not([type=radio]):not([type=checkbox]):not([type=button]), textarea, select, [contenteditable]";

/** True while somebody writes, an input method composes, or a key is meant for the browser. */
export function isTyping(event: KeyboardEvent): boolean {
  // 229 is what some browsers report for keys that an input method takes.
  if (event.isComposing || event.keyCode === 229) return true;
  return event.target instanceof Element && event.target.closest(TYPED) !== null;
}

/** A key by itself, for the page. Shift is part of some of them, such as "?". */
export function isPlainKey(event: KeyboardEvent): boolean {
  return !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event);
}
