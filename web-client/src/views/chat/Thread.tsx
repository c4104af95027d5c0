// The messages: thousands of them, of which only those in sight are in the document.
//
// Follows the end while the reader is there, and lets go the moment the reader scrolls up.

import { ArrowDown, LoaderCircle } from "lucide-react";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import type { Flow } from "../../app/flow";
import { useStore } from "../../app/services";
import type { Row } from "../../state/thread";
import { RowView } from "./RowView";

/** This close to the end counts as being there. */
const NEAR_END = 80;
/** Older messages are fetched before the reader has reached the first one. */
const NEAR_START = 1200;
/** The newest rows stay in the document, for screen readers and for searching the page. */
const KEPT = 20;

export function Thread({ flow }: { readonly flow: Flow }) {
  const rows = useStore(flow.thread, (thread) => thread.rows);
  const older = useStore(flow.thread, (thread) => thread.older !== null);
  const loadingOlder = useStore(flow.thread, (thread) => thread.loadingOlder);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const following = useRef(true);
  const [away, setAway] = useState(false);
  const shift = useStore(flow.thread, (thread) => thread.prepended);

  const toEnd = useCallback(() => {
    const box = scroller.current;
    // The browser stops at the end; to ask where that is would cost a layout of its own.
    if (box !== null) box.scrollTop = 1e9;
  }, []);

  // Whatever makes the content grow, its end stays in sight.
  useEffect(() => {
    const content = scroller.current?.firstElementChild;
    if (content === null || content === undefined) return;
    const observer = new ResizeObserver(() => {
      if (following.current) toEnd();
    });
    observer.observe(content);
    if (scroller.current !== null) observer.observe(scroller.current);
    return () => observer.disconnect();
  }, [toEnd]);

  // Opened, or something said: to the end.
  const newest = rows.at(-1)?.key;
  useLayoutEffect(() => {
    if (newest === undefined) return;
    const own = flow.thread.get().order.at(-1) ?? "";
    if (following.current || own in flow.thread.get().live) {
      following.current = true;
      list.current?.scrollToIndex(rows.length - 1, { align: "end" });
      toEnd();
    }
    // oxlint-disable-next-line react/exhaustive-deps -- only a new last row is a reason
  }, [newest]);

  const last = useRef({ top: 0, height: 0 });
  const scrolled = useCallback(() => {
    const box = scroller.current;
    if (box === null) return;
    const { scrollTop: top, scrollHeight: height, clientHeight } = box;
    const fromEnd = height - top - clientHeight;
    // Only the reader moves up while the height stays the same.
    if (top < last.current.top - 1 && height === last.current.height && fromEnd > 2) following.current = false;
    if (fromEnd < 2) following.current = true;
    last.current = { top, height };
    setAway(fromEnd > NEAR_END && !following.current);
    if (top < NEAR_START) void flow.loadOlder();
  }, [flow]);

  // A first page that does not fill the window gives nothing to scroll.
  useEffect(() => {
    const box = scroller.current;
    if (older && !loadingOlder && box !== null && box.scrollTop < NEAR_START && rows.length < 100) {
      void flow.loadOlder();
    }
  }, [flow, older, loadingOlder, rows.length]);

  const keepMounted = useMemo(
    () => Array.from({ length: Math.min(KEPT, rows.length) }, (_nothing, at) => rows.length - Math.min(KEPT, rows.length) + at),
    [rows.length],
  );

  return (
    <>
      {loadingOlder && (
        <p
          data-testid="loading-older"
          className="absolute top-2 left-1/2 z-10 flex -translate-x-1/2 items-center gap-2 rounded-full border border-line bg-surface px-3 py-1 text-sm text-muted shadow-raised"
        >
          <LoaderCircle aria-hidden className="size-4 animate-spin" /> Loading earlier messages
        </p>
      )}
      <section
        ref={scroller}
        // Scrolled with the keyboard, too.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        aria-label="Messages"
        data-testid="messages"
        onScroll={scrolled}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain pb-5 [overflow-anchor:none] scroll-quiet"
      >
        <Virtualizer ref={list} scrollRef={scroller} data={rows} shift={shift} bufferSize={600} keepMounted={keepMounted}>
          {(row: Row, at: number) => (
            <RowView key={row.key} row={row} flow={flow} position={older ? null : at + 1} total={older ? -1 : rows.length} />
          )}
        </Virtualizer>
      </section>
      {away && (
        <button
          type="button"
          data-testid="jump-to-latest"
          onClick={() => {
            following.current = true;
            setAway(false);
            toEnd();
          }}
          className="absolute bottom-3 left-1/2 z-10 inline-flex min-h-9 -translate-x-1/2 items-center gap-1.5 rounded-full border border-line bg-surface px-4 text-sm font-medium shadow-floating hover:bg-sunken"
        >
          <ArrowDown aria-hidden className="size-4" /> Latest
        </button>
      )}
    </>
  );
}
