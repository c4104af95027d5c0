// Where messages are written. Enter sends, Shift+Enter starts a line; not while an input method is
// composing, nor on a touch screen, where Enter starts a line. What is typed is kept with every keystroke.

import { ArrowUp, Square } from "lucide-react";
import { type KeyboardEvent, type SyntheticEvent, useEffect, useId, useLayoutEffect, useRef } from "react";
import type { Flow } from "../../app/flow";
import { useStore } from "../../app/services";
import { running } from "../../state/thread";
import { Button } from "../parts/Button";

/** The contract's limit, in bytes of UTF-8. */
const MAX_BYTES = 32 * 1024;

/** Without it the height has to be measured with every key, and all of the page with it. */
const SIZES_ITSELF = globalThis.CSS?.supports?.("field-sizing", "content") === true;

function isTooLong(draft: string): boolean {
  const text = draft.trim();
  return text.length * 3 > MAX_BYTES && new TextEncoder().encode(text).length > MAX_BYTES;
}

interface ComposerProps {
  readonly flow: Flow;
  readonly placeholder?: string;
  /** Whether a mouse user can type at once. */
  readonly autoFocus?: boolean;
  /** After a message has been sent. */
  readonly onSent?: () => void;
}

export function Composer({ flow, placeholder = "Message taskchat…", autoFocus = true, onSent }: ComposerProps) {
  const { draft } = flow.writing;
  const tooLong = useStore(draft, isTooLong);
  const blank = useStore(draft, (text) => text.trim() === "");
  const busy = useStore(flow.thread, (thread) => running(thread) !== undefined);
  const asked = useStore(flow.thread, (thread) => running(thread)?.phase === "waiting_for_approval");
  const editing = useStore(flow.writing.before, (now) => now !== null);
  const stopping = useStore(flow.thread, (thread) => thread.stopping !== null && thread.stopping === running(thread)?.key);
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  // There is no Shift to break a line with; the button sends.
  const touch = matchMedia("(pointer: coarse)").matches;

  useEffect(() => {
    // A touch keyboard that opens by itself hides the conversation.
    if (autoFocus && matchMedia("(pointer: fine)").matches) field.current?.focus({ preventScroll: true });
    return flow.writing.onFocus(() => {
      const area = field.current;
      area?.focus();
      area?.setSelectionRange(area.value.length, area.value.length);
    });
  }, [autoFocus, flow]);

  // The field has what is typed, and shows what else becomes of the draft: nothing is drawn for a key.
  useLayoutEffect(() => {
    const show = () => {
      const area = field.current;
      if (area === null) return;
      const text = draft.get();
      if (area.value !== text) area.value = text;
      if (SIZES_ITSELF) return;
      area.style.height = "auto";
      area.style.height = `${area.scrollHeight}px`;
    };
    show();
    return draft.subscribe(show);
  }, [draft]);

  // Buttons that were pressed go or are of no more use. A touch keyboard stays as it is.
  const refocus = () => {
    if (!touch) field.current?.focus();
  };
  const send = () => {
    if (blank || tooLong) return;
    const text = draft.get().trim();
    draft.update(() => "");
    flow.writing.stopEditing();
    flow.say(text);
    refocus();
    onSent?.();
  };
  const stop = () => {
    if (!stopping) flow.stop();
    refocus();
  };
  const submitted = (event: SyntheticEvent) => {
    event.preventDefault();
    send();
  };
  const pressed = (event: KeyboardEvent) => {
    // 229 is what some browsers report for the Enter that ends a composition.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey && (!touch || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
    } else if (event.key === "Escape" && editing) {
      event.preventDefault();
      flow.writing.stopEditing();
    } else if (event.key === "Escape" && busy) {
      event.preventDefault();
      flow.stop();
    }
  };

  return (
    <form
      onSubmit={submitted}
      data-testid="composer"
      className="mx-auto w-full max-w-3xl shrink-0 px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] md:px-5 md:pb-4"
    >
      {tooLong && (
        <p id={`${id}-note`} role="alert" className="px-2 pb-1.5 text-sm text-danger">
          This is too long to send: at most 32 KiB fit into one message.
        </p>
      )}
      {editing && (
        <div data-testid="editing" className="flex items-center gap-3 px-2 pb-1.5 text-sm text-muted">
          <p id={`${id}-editing`} className="min-w-0 flex-1">
            Sent as a new message. The earlier one and its answer stay where they are, and so does what was done.
          </p>
          <Button size="sm" look="quiet" data-testid="stop-editing" onClick={() => flow.writing.stopEditing()}>
            Cancel
          </Button>
        </div>
      )}
      <div className="flex items-end gap-2 rounded-xl border border-edge bg-surface p-1.5 shadow-raised focus-within:border-accent focus-within:outline-1 focus-within:outline-accent">
        <label htmlFor={id} className="sr-only">
          Message
        </label>
        <textarea
          ref={field}
          id={id}
          data-testid="message-input"
          rows={1}
          placeholder={asked ? "Yes, no, or something else…" : placeholder}
          aria-invalid={tooLong || undefined}
          aria-describedby={tooLong ? `${id}-note` : editing ? `${id}-editing` : undefined}
          enterKeyHint={touch ? "enter" : "send"}
          onChange={(event) => draft.update(() => event.target.value)}
          onKeyDown={pressed}
          className="field-sizing-content max-h-[40dvh] min-h-9 min-w-0 flex-1 resize-none bg-transparent px-2.5 py-1.5 text-[1rem] leading-6 outline-none scroll-quiet"
        />
        {busy && (
          <button
            type="button"
            data-testid="stop"
            aria-label={stopping ? "Stopping" : "Stop the answer"}
            title="Stop (Esc)"
            aria-disabled={stopping || undefined}
            onClick={stop}
            className="inline-flex size-9 shrink-0 items-center justify-center rounded-lg border border-edge text-ink hover:bg-sunken aria-disabled:opacity-50"
          >
            <Square aria-hidden className="size-3.5 fill-current" />
          </button>
        )}
        <button
          type="submit"
          data-testid="send"
          aria-label="Send"
          title="Send (Enter)"
          disabled={blank || tooLong}
          className="inline-flex size-9 shrink-0 items-center justify-center rounded-lg bg-accent text-on-accent transition-colors hover:bg-accent-strong disabled:bg-sunken disabled:text-muted"
        >
          <ArrowUp aria-hidden className="size-5" />
        </button>
      </div>
    </form>
  );
}
