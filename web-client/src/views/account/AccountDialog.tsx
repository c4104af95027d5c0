// The account: theme, and the way out.

import { LogOut } from "lucide-react";
import { useState } from "react";
import { ownTimeZone } from "../../app/now";
import { useServices, useStore } from "../../app/services";
import { chooseTheme, type Theme, theme } from "../../app/theme";
import { problemOf } from "../../state/problem";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { FormError } from "../parts/Field";

const THEMES: readonly (readonly [Theme, string])[] = [
  ["system", "System"],
  ["light", "Light"],
  ["dark", "Dark"],
];

export default function AccountDialog({ onClose }: { readonly onClose: () => void }) {
  const { outbox, session, user } = useServices();
  const chosen = useStore(theme, (choice) => choice);
  const [leaving, setLeaving] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const signOut = async () => {
    setLeaving(true);
    setProblem(null);
    try {
      await session.signOut();
      // The next person at this machine may be another one.
      outbox.clear();
    } catch (cause) {
      setProblem(problemOf(cause).message);
      setLeaving(false);
    }
  };

  return (
    <Dialog title="Account" onClose={onClose} testId="account-dialog">
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
        <dt className="text-muted">Signed in as</dt>
        <dd>{user.email ?? user.id}</dd>
        <dt className="text-muted">Time zone</dt>
        <dd>{ownTimeZone()}</dd>
      </dl>
      <fieldset className="mt-5">
        <legend className="mb-2 text-sm font-medium">Theme</legend>
        <div className="flex gap-1 rounded-lg bg-sunken p-1">
          {THEMES.map(([value, words]) => (
            <label
              key={value}
              className="relative flex min-h-9 flex-1 cursor-pointer items-center justify-center rounded-md text-sm has-checked:bg-lifted has-checked:font-medium has-checked:shadow-raised has-focus-visible:outline-2 has-focus-visible:outline-accent"
            >
              <input
                type="radio"
                name="theme"
                value={value}
                checked={chosen === value}
                onChange={() => chooseTheme(value)}
                className="sr-only"
              />
              {words}
            </label>
          ))}
        </div>
      </fieldset>
      {problem !== null && (
        <div className="mt-4">
          <FormError>{problem}</FormError>
        </div>
      )}
      <div className="mt-6 border-t border-line pt-4">
        <Button disabled={leaving} onClick={() => void signOut()} data-testid="sign-out">
          <LogOut aria-hidden className="size-4" /> {leaving ? "Signing out…" : "Sign out"}
        </Button>
      </div>
    </Dialog>
  );
}
