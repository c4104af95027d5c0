// The account at hand: who is signed in, the theme, and the ways on and out.

import { Keyboard, LogOut, Settings } from "lucide-react";
import { Link } from "wouter";
import { useMe } from "../../app/account";
import { useStore } from "../../app/services";
import { chooseTheme, theme } from "../../app/theme";
import { problemOf } from "../../state/problem";
import { useLeave } from "../overlays/leave";
import { THEMES } from "../parts/themes";
import { showSheet } from "../overlays/shown";
import { Choice } from "../parts/Choice";
import { Dialog } from "../parts/Dialog";
import { FormError } from "../parts/Field";

const ROW =
  "flex min-h-11 w-full items-center gap-3 rounded-md px-3 text-left hover:bg-sunken aria-disabled:opacity-55 [&_svg]:size-[1.125rem] [&_svg]:text-muted";

export function AccountDialog({ onClose }: { readonly onClose: () => void }) {
  const user = useMe();
  const chosen = useStore(theme, (choice) => choice);
  const { leave, isPending, error } = useLeave();
  return (
    <Dialog title="Account" onClose={onClose} testId="account-dialog">
      <p className="text-sm text-muted">
        Signed in as <span className="font-medium text-ink">{user.email ?? user.id}</span>
      </p>
      <div className="mt-4">
        <Choice labelled label="Theme" testId="theme" options={THEMES} value={chosen} onChange={chooseTheme} />
      </div>
      <ul className="-mx-3 mt-4 border-t border-line pt-2">
        <li>
          <Link href="/settings" data-testid="open-settings" className={ROW} onClick={onClose}>
            <Settings aria-hidden /> Settings
          </Link>
        </li>
        <li>
          <button
            type="button"
            className={`${ROW} pointer-coarse:hidden`}
            onClick={() => {
              onClose();
              showSheet();
            }}
          >
            <Keyboard aria-hidden /> Keyboard shortcuts
          </button>
        </li>
        <li>
          <button
            type="button"
            className={ROW}
            aria-disabled={isPending || undefined}
            data-testid="sign-out"
            onClick={isPending ? undefined : leave}
          >
            <LogOut aria-hidden /> {isPending ? "Signing out…" : "Sign out"}
          </button>
        </li>
      </ul>
      {error !== null && <FormError>{problemOf(error).message}</FormError>}
    </Dialog>
  );
}
