// Toasts: short messages that go by themselves, some with a way back.

import { X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { useServices, useStore } from "../../app/services";
import type { Toast } from "../../app/toasts";
import { IconButton } from "./Button";
import { openDialogs } from "./Dialog";
import { handOn } from "./focus";

const SHOWN_FOR = 8000;

export function Toasts() {
  const { toasts } = useServices();
  const list = useStore(toasts.list, (all) => all);
  // Behind a modal dialog nothing can be reached, so they move into it.
  const dialog = useStore(openDialogs, (open) => open.at(-1));
  return createPortal(
    <section
      aria-label="Notifications"
      className="pointer-events-none fixed inset-x-0 bottom-18 z-50 flex flex-col items-center gap-2 p-4"
    >
      {list.map((toast) => (
        <ToastView key={toast.id} toast={toast} onDismiss={() => toasts.dismiss(toast.id)} />
      ))}
    </section>,
    dialog ?? document.body,
  );
}

function ToastView({ toast, onDismiss }: { readonly toast: Toast; readonly onDismiss: () => void }) {
  const [held, setHeld] = useState(false);
  const toastBox = useRef<HTMLDivElement>(null);
  const came = useRef<HTMLElement | null>(null);
  /** With a button that has the focus. */
  const leave = () => {
    const box = toastBox.current;
    if (box !== null) handOn(box, box.parentElement, came.current);
    onDismiss();
  };
  const dismiss = useRef(onDismiss);
  useEffect(() => {
    dismiss.current = onDismiss;
  });
  // It stays while somebody points at it or has the focus in it.
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => dismiss.current(), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [held]);
  const tone = toast.tone === "danger" ? "border-danger" : "border-line";
  return (
    <div
      ref={toastBox}
      data-testid="toast"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={({ relatedTarget, currentTarget }) => {
        if (relatedTarget instanceof HTMLElement && !currentTarget.contains(relatedTarget)) came.current = relatedTarget;
        setHeld(true);
      }}
      onBlur={() => setHeld(false)}
      className={`pointer-events-auto flex max-w-full min-w-64 items-center gap-2 rounded-lg border bg-surface py-1.5 pr-1.5 pl-4 shadow-floating ${tone}`}
    >
      <p className="min-w-0 flex-1 py-1 text-sm">{toast.text}</p>
      {toast.action !== null && (
        <button
          type="button"
          className="min-h-9 rounded-md px-3 text-sm font-semibold text-accent hover:bg-sunken"
          onClick={() => {
            toast.action?.run();
            leave();
          }}
        >
          {toast.action.label}
        </button>
      )}
      <IconButton label="Dismiss" onClick={leave}>
        <X />
      </IconButton>
    </div>
  );
}
