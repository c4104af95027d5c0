// The messages: thousands of them, of which only those in sight and the newest are in the document.
//
// Follows the end while the reader is there, and lets go the moment the reader scrolls up. Whoever comes
// back to a conversation finds it where it was left; whoever comes for one message finds that one.

import { ArrowDown, LoaderCircle } from "lucide-react";
import {
  type KeyboardEvent,
  type Ref,
  type TouchEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type WheelEvent,
} from "react";
import { type CacheSnapshot, type CustomContainerComponentProps, Virtualizer, type VirtualizerHandle } from "virtua";
import type { Flow } from "../../app/flow";
import { useZone } from "../../app/now";
import { useStore } from "../../app/services";
import { shown } from "../../app/settled";
import { isTyping } from "../../app/typing";
import { firstOfDays } from "../../state/days";
import { follow, tailOf } from "../../state/tail";
import { mayLoadOlder, type Row, usualHeight } from "../../state/thread";
import { anchorOf } from "./anchor";
import { Hold } from "./hold";
import { Layout } from "./layout";
import { useMessageKeys } from "./message-keys";
import { useOpening } from "./opening";
import { useGoal, useKeptPlace } from "./places";
import { RowView } from "./RowView";

/** This close to the end counts as being there. */
const NEAR_END = 80;
/** Older messages are fetched before the reader has reached the first one. */
const NEAR_START = 1200;
/** What scrolls up, of the keys. */
const UPWARDS: ReadonlySet<string> = new Set(["ArrowUp", "PageUp", "Home"]);
/** How far beyond what is in sight messages are drawn: little while opening, then enough for a fast wheel. */
const BUFFER = { opening: 300, reading: 1600 } as const;
/** A finger that rests moves by less. In pixels. */
const TREMBLE = 4;
/** For how long the reader's hand is behind what scrolls. In ms. */
const TOUCHED_FOR = 1000;

const ABOVE =
  "absolute top-2 left-1/2 z-10 flex w-max max-w-[calc(100%-2rem)] -translate-x-1/2 items-center gap-2 rounded-full border border-line bg-surface px-3 py-1 text-sm text-muted shadow-raised";

/**
 * What the rows are in. While it scrolls the list has it take no pointer, for which all that is in it
 * would be styled anew: twice for every line that comes in.
 */
function Column({ style, ...rest }: CustomContainerComponentProps & { readonly ref?: Ref<HTMLDivElement> }) {
  return <div {...rest} style={{ ...style, pointerEvents: undefined }} />;
}

export function Thread({ flow }: { readonly flow: Flow }) {
  const rows = useStore(flow.thread, (thread) => thread.rows);
  const zone = useZone();
  const days = useMemo(() => firstOfDays(rows, zone), [rows, zone]);
  const older = useStore(flow.thread, (thread) => thread.older !== null);
  const loadingOlder = useStore(flow.thread, (thread) => thread.loadingOlder);
  const mayLoad = useStore(flow.thread, mayLoadOlder);
  const unread = useStore(flow.thread, (thread) => thread.olderProblem !== null);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const below = useRef<HTMLDivElement>(null);
  const [end] = useState(() => new Hold(flow.spot === null && anchorOf(location.hash) === null));
  const [away, setAway] = useState(false);
  const prepended = useStore(flow.thread, (thread) => thread.prepended);
  const [known, setTail] = useState(() => tailOf(rows, flow.spot?.tail));
  // The list grows at one end at a time.
  const tail = follow(known, rows, end.held && !prepended);
  if (tail !== known) setTail(tail);
  // Measured once, rows need not be guessed when one comes back.
  const [heights] = useState(() => (flow.spot?.listed === tail.from ? (flow.spot.heights as CacheSnapshot) : undefined));
  const [usual] = useState(() => usualHeight(flow.thread.get()));
  const [atEnd] = useState(end.held);
  const { drawn, grown, ready } = useOpening(flow, rows, atEnd);
  const undrawn = rows.length - drawn.length;
  const listed = Math.max(0, tail.from - undrawn);
  useEffect(() => {
    if (ready) shown();
  }, [ready]);
  const [layout] = useState(() => new Layout(list, below));
  useLayoutEffect(() => {
    layout.rows = drawn;
    layout.listed = listed;
  }, [layout, drawn, listed]);

  const settle = useCallback(() => {
    const box = scroller.current;
    if (box === null) return;
    if (end.held) {
      // The browser stops at the end; to ask where that is would cost a layout of its own.
      box.scrollTop = 1e9;
      return;
    }
    const { top } = end;
    if (top !== null && Math.abs(top - box.scrollTop) >= 1) box.scrollTop = top;
    setAway(box.scrollHeight - box.scrollTop - box.clientHeight > NEAR_END);
  }, [end]);
  const [places] = useState(() => ({ scroller, layout, end, settle }));

  // The list, what grows below it, the size of the window.
  useEffect(() => {
    const observer = new ResizeObserver(settle);
    const box = scroller.current;
    if (box !== null) for (const watched of [box, ...box.children]) observer.observe(watched);
    return () => observer.disconnect();
  }, [settle]);

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
      settle();
    }
    // oxlint-disable-next-line react/exhaustive-deps -- only a new last row is a reason
  }, [newest]);

  useKeptPlace(flow, places);
  const { marked, show } = useGoal(flow, places);
  useMessageKeys(flow, places, show);

  const last = useRef({ top: 0, height: 0 });
  const touched = useRef(Number.NEGATIVE_INFINITY);
  const scrolled = useCallback(() => {
    const box = scroller.current;
    if (box === null) return;
    const now = performance.now();
    const { scrollTop: top, scrollHeight: height, clientHeight } = box;
    const fromEnd = height - top - clientHeight;
    // While nothing gets lower, only the reader moves up.
    const byHand = now - touched.current < TOUCHED_FOR || height >= last.current.height;
    if (top < last.current.top - 1 && fromEnd > 2 && byHand) end.release();
    if (fromEnd < 2) end.reached(now);
    last.current = { top, height };
    setAway(fromEnd > NEAR_END && !end.held);
    if (top < NEAR_START && ready && mayLoadOlder(flow.thread.get())) void flow.loadOlder();
  }, [end, flow, ready]);

  const moved = useCallback(() => {
    touched.current = performance.now();
    end.moved();
  }, [end]);
  // Before anything moves: what grows meanwhile would take the reader back to the end.
  const leaves = useCallback(() => {
    moved();
    if ((scroller.current?.scrollTop ?? 0) > 0) end.up(touched.current);
  }, [end, moved]);
  const wheeled = useCallback(
    (event: WheelEvent) => (event.deltaY < 0 && !event.ctrlKey ? leaves() : moved()),
    [leaves, moved],
  );
  const finger = useRef(0);
  const dragged = useCallback(
    ({ type, touches }: TouchEvent) => {
      const by = (touches[0]?.clientY ?? 0) - finger.current;
      if (type === "touchmove" && Math.abs(by) < TREMBLE) return;
      finger.current += by;
      // Downwards, it draws what is above into sight.
      if (type === "touchmove" && by > 0) leaves();
      else moved();
    },
    [leaves, moved],
  );
  const pressed = useCallback(
    (event: KeyboardEvent) => {
      if (isTyping(event.nativeEvent)) return;
      const up = UPWARDS.has(event.key) || (event.key === " " && event.shiftKey && event.target === scroller.current);
      if (up) leaves();
      else moved();
    },
    [leaves, moved],
  );

  // A first page that does not fill the window gives nothing to scroll.
  useEffect(() => {
    const box = scroller.current;
    // Not before its heights are known.
    if (ready && mayLoad && box !== null && box.scrollTop < NEAR_START) void flow.loadOlder();
  }, [flow, ready, mayLoad, rows.length]);

  const view = (row: Row, at: number) => (
    <RowView
      key={row.key}
      row={row}
      flow={flow}
      fresh={days.has(row.key)}
      marked={row.key === marked}
      position={older ? null : undrawn + at + 1}
      total={older ? -1 : rows.length}
    />
  );

  return (
    <>
      {loadingOlder && (
        <p data-testid="loading-older" className={ABOVE}>
          <LoaderCircle aria-hidden className="size-4 animate-spin" /> Loading earlier messages
        </p>
      )}
      {unread && (
        <p data-testid="older-failed" role="alert" className={ABOVE}>
          Earlier messages could not be loaded.
          <button
            type="button"
            className="shrink-0 rounded-sm font-medium text-accent underline underline-offset-2"
            onClick={() => {
              scroller.current?.focus({ preventScroll: true });
              void flow.loadOlder();
            }}
          >
            Try again
          </button>
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
        onWheel={wheeled}
        onTouchStart={dragged}
        onTouchMove={dragged}
        onPointerDown={moved}
        onKeyDown={pressed}
        // While it opens, what is there already stands where it will stay.
        className={`relative min-h-0 flex-1 overflow-y-auto overscroll-contain pb-5 [overflow-anchor:none] scroll-quiet ${atEnd && !ready && undrawn > 0 ? "flex flex-col [&>:first-child]:mt-auto" : ""}`}
      >
        <div>
          {listed > 0 && (
            <Virtualizer
              ref={list}
              as={Column}
              scrollRef={scroller}
              data={drawn.slice(0, listed)}
              shift={prepended || grown}
              bufferSize={ready ? BUFFER.reading : BUFFER.opening}
              onResize={settle}
              // The list's own guess would be that all are as the last turn is. One that is too high has it believe
              // that it stands before its beginning while older messages come.
              itemSize={usual}
              {...(heights === undefined ? {} : { cache: heights })}
            >
              {view}
            </Virtualizer>
          )}
        </div>
        <div ref={below}>{drawn.slice(listed).map((row, at) => view(row, listed + at))}</div>
      </section>
      {away && (
        <button
          type="button"
          data-testid="jump-to-latest"
          onClick={() => {
            end.take();
            // What scrolls from now on does so by itself.
            touched.current = Number.NEGATIVE_INFINITY;
            setAway(false);
            settle();
            // The button goes, and the focus must not go with it.
            scroller.current?.focus({ preventScroll: true });
          }}
          className="absolute bottom-3 left-1/2 z-10 inline-flex min-h-9 -translate-x-1/2 items-center gap-1.5 rounded-full border border-line bg-surface px-4 text-sm font-medium shadow-floating hover:bg-sunken"
        >
          <ArrowDown aria-hidden className="size-4" /> Latest
        </button>
      )}
    </>
  );
}
