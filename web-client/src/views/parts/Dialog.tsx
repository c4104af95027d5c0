// Modal windows and drawers on the browser's own <dialog>: focus trap, Escape and top layer included.

import { X } from "lucide-react";
import {
  createContext,
  type MouseEvent,
  type ReactNode,
  type SyntheticEvent,
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { createPortal } from "react-dom";
import { createStore } from "../../state/store";
import { Announcer } from "./Announcer";
import { Button, IconButton } from "./Button";

const SHAPES = {
  window:
    "m-auto max-h-[calc(100dvh-2rem)] w-[min(32rem,calc(100vw-2rem))] rounded-xl border border-line",
  wide:
    "m-auto max-h-[calc(100dvh-2rem)] w-[min(46rem,calc(100vw-2rem))] rounded-xl border border-line",
  top: "mx-auto mt-[max(1rem,10dvh)] mb-auto max-h-[min(34rem,75dvh)] w-[min(38rem,calc(100vw-2rem))] rounded-xl border border-line",
  left: "mr-auto ml-0 my-0 h-dvh max-h-dvh w-[min(20rem,calc(100vw-3rem))] border-r border-line",
  right: "ml-auto mr-0 my-0 h-dvh max-h-dvh w-[min(24rem,calc(100vw-2rem))] border-l border-line",
} as const;

/** The open ones, the topmost last. */
export const openDialogs = createStore<readonly HTMLDialogElement[]>([]);

/**
 * What puts the caret back: Chromium returns the focus to a field and leaves the caret in what is gone,
 * so that what is typed comes to nothing.
 */
function rememberCaret(): () => void {
  const field = document.activeElement;
  if (!(field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement)) return () => {};
  const { selectionStart, selectionEnd } = field;
  return () => {
    // Fields such as those for dates have none.
    if (document.activeElement === field && selectionStart !== null) field.setSelectionRange(selectionStart, selectionEnd);
  };
}

const Unsaved = createContext<(unsaved: boolean) => void>(() => {});

/** While it is `unsaved`, what is in a dialog is not closed by a slip. Outside of dialogs nothing happens. */
export function useUnsaved(unsaved: boolean): void {
  const tell = useContext(Unsaved);
  useEffect(() => {
    tell(unsaved);
    return () => tell(false);
  }, [tell, unsaved]);
}

interface DialogProps {
  readonly title: string;
  readonly shape?: keyof typeof SHAPES;
  /** Drawers whose content has a heading of its own need no second one. */
  readonly bare?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly testId?: string;
}

export function Dialog({ title, shape = "window", bare = false, onClose, children, testId }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();

  // In a layout effect, so that closing gives the focus back before the element is gone.
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return;
    const putCaret = rememberCaret();
    dialog.showModal();
    openDialogs.update((open) => [...open, dialog]);
    return () => {
      openDialogs.update((open) => open.filter((each) => each !== dialog));
      dialog.close();
      queueMicrotask(putCaret);
    };
  }, []);

  const unsaved = useRef(false);
  const [tell] = useState(() => (is: boolean) => void (unsaved.current = is));
  const [asking, setAsking] = useState(false);
  /** By Escape, the backdrop or the cross; once asked, Escape means no. */
  const wantsOut = () => {
    if (unsaved.current) setAsking(!asking);
    else onClose();
  };

  // React decides when it closes, so that its state and the browser's never differ.
  const cancelled = (event: SyntheticEvent) => {
    event.preventDefault();
    wantsOut();
  };
  const clicked = (event: MouseEvent) => {
    if (event.target === ref.current) wantsOut();
  };
  // Browsers close at the second Escape in a row, whatever is said.
  const closed = () => {
    if (ref.current !== null) onClose();
  };

  // In the body: a parent that a narrower window hides must not hide it, while it keeps the page inert.
  return createPortal(
    // The backdrop belongs to the dialog; Escape is the keyboard's way.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={ref}
      data-testid={testId}
      aria-labelledby={bare ? undefined : heading}
      aria-label={bare ? title : undefined}
      onCancel={cancelled}
      onClose={closed}
      onMouseDown={clicked}
      className={`overflow-hidden bg-page p-0 text-ink shadow-floating ${SHAPES[shape]}`}
    >
      <Announcer inDialog />
      {bare ? (
        children
      ) : (
        <div className="flex max-h-[inherit] flex-col">
          <header className="flex items-center justify-between gap-3 py-3 pr-3 pl-5">
            <h2 id={heading} className="text-lg font-semibold">
              {title}
            </h2>
            <IconButton label="Close" onClick={wantsOut}>
              <X />
            </IconButton>
          </header>
          <div className="min-h-0 overflow-y-auto px-5 pb-5 scroll-quiet">
            <Unsaved value={tell}>{children}</Unsaved>
          </div>
          {asking && <Discard onKeep={() => setAsking(false)} onDiscard={onClose} />}
        </div>
      )}
    </dialog>,
    document.body,
  );
}

function Discard({ onKeep, onDiscard }: { readonly onKeep: () => void; readonly onDiscard: () => void }) {
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => keep.current?.focus(), []);
  return (
    <div role="alert" data-testid="unsaved" className="flex flex-wrap items-center justify-end gap-2 border-t border-line bg-sunken px-5 py-3">
      <p className="min-w-0 flex-1 text-sm">Your changes are not saved.</p>
      <Button size="sm" data-testid="discard" onClick={onDiscard}>
        Discard
      </Button>
      <Button size="sm" look="primary" ref={keep} onClick={onKeep}>
        Keep editing
      </Button>
    </div>
  );
}
