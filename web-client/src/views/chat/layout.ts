// What of a thread is drawn, and where: in the list as far as that knows heights, below it as it stands.

import type { RefObject } from "react";
import type { CacheSnapshot, VirtualizerHandle } from "virtua";
import type { Row } from "../../state/thread";

export class Layout {
  /** All that is drawn, the list's rows first. */
  rows: readonly Row[] = [];
  /** How many of them are in the list. */
  listed = 0;

  constructor(
    private readonly list: RefObject<VirtualizerHandle | null>,
    private readonly tail: RefObject<HTMLElement | null>,
  ) {}

  /** How far a row's upper edge is from the first one's. In pixels. */
  offset(index: number): number {
    return index < this.listed ? (this.list.current?.getItemOffset(index) ?? 0) : (this.below(index)?.offsetTop ?? 0);
  }

  /** How high a row is. In pixels. */
  size(index: number): number {
    return index < this.listed ? (this.list.current?.getItemSize(index) ?? 0) : (this.below(index)?.offsetHeight ?? 0);
  }

  /** The number of the row that is at this distance from the first one's upper edge. */
  at(top: number): number {
    const list = this.list.current;
    if (list !== null && this.listed > 0 && top < (this.tail.current?.offsetTop ?? Infinity)) return list.findItemIndex(top);
    const below = Array.from(this.tail.current?.children ?? []).findLastIndex((row) => (row as HTMLElement).offsetTop <= top);
    return this.listed + Math.max(0, below);
  }

  /** The heights of the list's rows, for a list that begins with the same ones. */
  get heights(): CacheSnapshot | undefined {
    return this.list.current?.cache;
  }

  private below(index: number): HTMLElement | undefined {
    return this.tail.current?.children[index - this.listed] as HTMLElement | undefined;
  }
}
