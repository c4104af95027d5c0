// The account: what its owner has chosen, and the way out.

import { LogOut } from "lucide-react";
import { useMemo, useState } from "react";
import { useChoose, useMe } from "../../app/account";
import { ownTimeZone } from "../../app/now";
import { useServices, useStore } from "../../app/services";
import { chooseTheme, type Theme, theme } from "../../app/theme";
import type { ApprovalPolicy } from "../../state/model";
import { problemOf } from "../../state/problem";
import { Button, FIELD } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { Field, FormError } from "../parts/Field";

const THEMES: readonly (readonly [Theme, string])[] = [
  ["system", "System"],
  ["light", "Light"],
  ["dark", "Dark"],
];

const POLICIES: readonly (readonly [ApprovalPolicy, string, string])[] = [
  ["by_risk", "When it is risky", "Many changes at once, what cannot be undone, and what text in your tasks may have led to."],
  ["always", "Before every change", "Nothing is changed without your word."],
  ["never", "Never", "Everything is done at once, without asking."],
];

export default function AccountDialog({ onClose }: { readonly onClose: () => void }) {
  const { outbox, session } = useServices();
  const user = useMe();
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
      <Approvals policy={user.approvalPolicy} />
      <TimeZone zone={user.timeZone} />
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

function Approvals({ policy }: { readonly policy: ApprovalPolicy }) {
  const choose = useChoose();
  return (
    <fieldset className="mt-5" data-testid="approval-policy">
      <legend className="mb-1 text-sm font-medium">Ask me before the assistant changes something</legend>
      <div className="divide-y divide-line rounded-lg border border-line">
        {POLICIES.map(([value, words, detail]) => (
          <label key={value} className="flex cursor-pointer gap-3 px-3 py-2.5 text-sm">
            <input
              type="radio"
              name="approval-policy"
              value={value}
              checked={policy === value}
              onChange={() => choose.mutate({ approvalPolicy: value })}
              className="mt-0.5 size-4 shrink-0 accent-accent"
            />
            <span className="min-w-0 text-muted">
              <span className="block font-medium text-ink">{words}</span> {detail}
            </span>
          </label>
        ))}
      </div>
      <NotSaved error={choose.error} />
    </fieldset>
  );
}

function TimeZone({ zone }: { readonly zone: string }) {
  const choose = useChoose();
  const own = ownTimeZone();
  const zones = useMemo(
    () => [...new Set([zone, own, "UTC", ...Intl.supportedValuesOf("timeZone")])].toSorted(),
    [own, zone],
  );
  const hint = zone === own ? "Where “tomorrow at nine” is." : `Where “tomorrow at nine” is. This device is in ${own}.`;
  return (
    <div className="mt-5">
      <Field label="Time zone" hint={hint}>
        {(control) => (
          <select
            {...control}
            data-testid="time-zone"
            value={zone}
            onChange={(event) => choose.mutate({ timeZone: event.target.value })}
            className={FIELD}
          >
            {zones.map((each) => (
              <option key={each} value={each}>
                {each.replaceAll("_", " ")}
              </option>
            ))}
          </select>
        )}
      </Field>
      <NotSaved error={choose.error} />
    </div>
  );
}

function NotSaved({ error }: { readonly error: Error | null }) {
  if (error === null) return null;
  return (
    <div className="mt-2">
      <FormError>Not saved. {problemOf(error).message}</FormError>
    </div>
  );
}
