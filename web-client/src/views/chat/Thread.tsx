// The messages: thousands of them, of which only those in sight are in the document.
//
// Follows the end while the reader is there, and lets go the moment the reader scrolls up. Whoever comes
// back to a conversation finds it where it was left; whoever comes for one message finds that one.

import { ArrowDown, LoaderCircle } from "lucide-react";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { type CacheSnapshot, Virtualizer, type VirtualizerHandle } from "virtua";
import type { Flow } from "../../app/flow";
import { useServices, useStore } from "../../app/services";
import type { Row } from "../../state/thread";
import { type Anchor, anchorOf, useAnchor } from "./anchor";
import { Hold } from "./hold";
import { RowView } from "./RowView";

/** This close to the end counts as being there. */
const NEAR_END = 80;
/** Older messages are fetched before the reader has reached the first one. */
const NEAR_START = 1200;
/** The newest rows stay in the document, for screen readers and for searching the page. */
const KEPT = 20;
/** How far beyond what is in sight messages are drawn: little while opening, then enough for a fast wheel. */
const BUFFER = { opening: 300, reading: 1600 } as const;
/** How long a message that somebody came for stands out. */
const MARKED_FOR = 4000;

export function Thread({ flow }: { readonly flow: Flow }) {
  const rows = useStore(flow.thread, (thread) => thread.rows);
  const older = useStore(flow.thread, (thread) => thread.older !== null);
  const loadingOlder = useStore(flow.thread, (thread) => thread.loadingOlder);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const [end] = useState(() => new Hold(flow.spot === null && anchorOf(location.hash) === null));
  const [away, setAway] = useState(false);
  // Measured once, rows need not be guessed when one comes back.
  const [heights] = useState(() => (flow.spot?.rows.length === rows.length ? (flow.spot.heights as CacheSnapshot) : undefined));
  const shift = useStore(flow.thread, (thread) => thread.prepended);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setReady(true), 500);
    return () => clearTimeout(timer);
  }, []);

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
      const box = scroller.current;
      if (end.held) toEnd();
      else if (box !== null) setAway(box.scrollHeight - box.scrollTop - box.clientHeight > NEAR_END);
    });
    observer.observe(content);
    if (scroller.current !== null) observer.observe(scroller.current);
    return () => observer.disconnect();
  }, [end, toEnd]);

  // Opened, or something said: to the end.
  const newest = rows.at(-1)?.key;
  const opened = useRef(true);
  useLayoutEffect(() => {
    if (newest === undefined) return;
    const own = flow.thread.get().order.at(-1) ?? "";
    // What is being answered when a conversation is opened again was not said just now.
    const said = !opened.current && own in flow.thread.get().live;
    opened.current = false;
    if (end.held || said) {
      end.take();
      list.current?.scrollToIndex(rows.length - 1, { align: "end" });
      toEnd();
    }
    // oxlint-disable-next-line react/exhaustive-deps -- only a new last row is a reason
  }, [newest]);

  useKeptPlace(flow, list, end);
  const marked = useGoal(flow, list, end);

  const last = useRef({ top: 0, height: 0 });
  const scrolled = useCallback(() => {
    const box = scroller.current;
    if (box === null) return;
    const { scrollTop: top, scrollHeight: height, clientHeight } = box;
    const fromEnd = height - top - clientHeight;
    // Only the reader moves up while the height stays the same.
    if (top < last.current.top - 1 && height === last.current.height && fromEnd > 2) end.release();
    if (fromEnd < 2) end.reached();
    last.current = { top, height };
    setAway(fromEnd > NEAR_END && !end.held);
    if (top < NEAR_START) void flow.loadOlder();
  }, [end, flow]);

  const moved = useCallback(() => end.moved(), [end]);

  // A first page that does not fill the window gives nothing to scroll.
  useEffect(() => {
    const box = scroller.current;
    if (older && !loadingOlder && box !== null && box.scrollTop < NEAR_START && rows.length < 100) {
      void flow.loadOlder();
    }
  }, [flow, older, loadingOlder, rows.length]);

  // First what is in sight, then the rest of the newest.
  const kept = ready ? Math.min(KEPT, rows.length) : 0;
  const keepMounted = useMemo(
    () => Array.from({ length: kept }, (_nothing, at) => rows.length - kept + at),
    [rows.length, kept],
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
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- only tells who scrolls */}
      <section
        ref={scroller}
        // Scrolled with the keyboard, too.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        aria-label="Messages"
        data-testid="messages"
        onScroll={scrolled}
        onWheel={moved}
        onTouchMove={moved}
        onPointerDown={moved}
        onKeyDown={moved}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain pb-5 [overflow-anchor:none] scroll-quiet"
      >
        <Virtualizer
          ref={list}
          scrollRef={scroller}
          data={rows}
          shift={shift}
          bufferSize={ready ? BUFFER.reading : BUFFER.opening}
          keepMounted={keepMounted}
          {...(heights === undefined ? {} : { cache: heights })}
        >
          {(row: Row, at: number) => (
            <RowView
              key={row.key}
              row={row}
              flow={flow}
              marked={row.key === marked}
              position={older ? null : at + 1}
              total={older ? -1 : rows.length}
            />
          )}
        </Virtualizer>
      </section>
      {away && (
        <button
          type="button"
          data-testid="jump-to-latest"
          onClick={() => {
            end.take();
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

interface Ref<T> {
  current: T;
}

/** Back to where the conversation was left; and on leaving, remembers where that is. */
function useKeptPlace(flow: Flow, list: Ref<VirtualizerHandle | null>, end: Hold): void {
  useLayoutEffect(() => {
    const spot = flow.spot;
    const at = spot === null ? -1 : flow.thread.get().rows.findIndex((row) => row.key === spot.row);
    if (spot !== null && at >= 0 && anchorOf(location.hash) === null) {
      list.current?.scrollToIndex(at, { align: "start", offset: spot.above });
    }
    const handle = list.current;
    return () => {
      flow.spot = null;
      if (end.held || handle === null) return;
      const top = handle.scrollOffset;
      const index = handle.findItemIndex(top);
      const row = flow.thread.get().rows[index]?.key;
      const { rows } = flow.thread.get();
      if (row !== undefined) flow.spot = { row, above: top - handle.getItemOffset(index), rows, heights: handle.cache };
    };
    // Once per visit.
  }, [flow, list, end]);
}

/** To the message that the address names. Returns the key of its row while it stands out. */
function useGoal(flow: Flow, list: Ref<VirtualizerHandle | null>, end: Hold): string | null {
  const { toasts } = useServices();
  const [marked, setMarked] = useState<string | null>(null);
  const left = useRef(false);
  useEffect(() => {
    left.current = false;
    return () => {
      left.current = true;
    };
  }, []);

  const go = useCallback(
    async ({ turnId, part }: Anchor) => {
      end.leave();
      const key = await flow.reveal(turnId);
      // With the rows that have come meanwhile in the list.
      await new Promise((resolve) => requestAnimationFrame(resolve));
      if (left.current) return;
      const { rows } = flow.thread.get();
      const wanted = rows.findIndex((row) => row.turn === key && row.part === part);
      const at = wanted >= 0 ? wanted : rows.findIndex((row) => row.turn === key);
      const row = rows[at];
      if (row === undefined) {
        toasts.warn("That message is not in this conversation any more.");
        return;
      }
      list.current?.scrollToIndex(at, { align: "center" });
      setMarked(row.key);
    },
    [flow, list, end, toasts],
  );
  useAnchor(go);

  useEffect(() => {
    if (marked === null) return;
    const timer = setTimeout(() => setMarked(null), MARKED_FOR);
    return () => clearTimeout(timer);
  }, [marked]);
  return marked;
}
