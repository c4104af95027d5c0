// All shortcuts on one sheet.

import { Fragment } from "react";
import { keysOn } from "../../app/keys-on";
import { useStore } from "../../app/services";
import { type Shortcut, SHORTCUTS } from "../../state/shortcuts";
import { Dialog } from "../parts/Dialog";
import { isMac } from "./shown";

export function Sheet({ onClose }: { readonly onClose: () => void }) {
  const letters = useStore(keysOn, (on) => on);
  return (
    <Dialog title="Keyboard shortcuts" shape="wide" onClose={onClose} testId="shortcut-sheet">
      {!letters && (
        <p className="mb-3 text-sm text-muted">Single letters are turned off in the settings; those are shown in grey.</p>
      )}
      <div className="gap-x-8 sm:columns-2">
        {SHORTCUTS.map(({ title, shortcuts }) => (
          <section key={title} className="mb-5 break-inside-avoid">
            <h3 className="mb-1 text-sm font-semibold">{title}</h3>
            <dl className="divide-y divide-line">
              {shortcuts.map((shortcut) => (
                <div
                  key={shortcut.words}
                  className={`flex items-center justify-between gap-3 py-1.5 text-sm ${shortcut.letter === true && !letters ? "text-muted" : ""}`}
                >
                  <dt>{shortcut.words}</dt>
                  <Keys keys={shortcut.keys} />
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function Keys({ keys }: { readonly keys: Shortcut["keys"] }) {
  return (
    <dd className="flex shrink-0 items-center gap-1 text-xs text-muted">
      {keys.map((together, at) => (
        <Fragment key={together.join(" ")}>
          {at > 0 && <span>or</span>}
          {together.map((key, nth) => (
            <Fragment key={key}>
              {nth > 0 && together[0] === "g" && <span>then</span>}
              <Key>{key}</Key>
            </Fragment>
          ))}
        </Fragment>
      ))}
    </dd>
  );
}

export function Key({ children }: { readonly children: string }) {
  const words = children === "Mod" ? (isMac ? "⌘" : "Ctrl") : children;
  return (
    <kbd className="inline-flex min-h-5.5 min-w-5.5 items-center justify-center rounded-sm border border-edge bg-surface px-1 font-sans text-xs text-ink">
      {words}
    </kbd>
  );
}
