// The settings: what is chosen for this device, for the account, and the ways out.

import { LogOut } from "lucide-react";
import type { ReactNode } from "react";
import { useMe } from "../../app/account";
import { keysOn, turnKeys } from "../../app/keys-on";
import { useStore } from "../../app/services";
import { type Contrast, chooseContrast, chooseTheme, contrast, theme } from "../../app/theme";
import { useTitleOf } from "../../app/title";
import { problemOf } from "../../state/problem";
import { PageHeader } from "../PageHeader";
import { useLeave } from "../overlays/leave";
import { showSheet } from "../overlays/shown";
import { Button } from "../parts/Button";
import { Choice } from "../parts/Choice";
import { FormError } from "../parts/Field";
import { THEMES } from "../parts/themes";
import { Approvals, TimeZone } from "./Choices";
import { DeleteAccount } from "./DeleteAccount";
import { Export } from "./Export";
import { SignIns } from "./SignIns";

const CONTRASTS: readonly (readonly [Contrast, string])[] = [
  ["system", "System"],
  ["normal", "Standard"],
  ["more", "High"],
];

export function SettingsPage() {
  const user = useMe();
  useTitleOf("Settings");
  return (
    <>
      <PageHeader title="Settings" />
      <div className="min-h-0 flex-1 overflow-y-auto scroll-quiet" data-testid="settings">
        <div className="mx-auto w-full max-w-2xl space-y-4 px-4 py-5 md:px-6">
          <Section title="Appearance" detail="On this device.">
            <Appearance />
          </Section>
          <Section title="Assistant">
            <Approvals policy={user.approvalPolicy} />
          </Section>
          <Section title="Time">
            <TimeZone zone={user.timeZone} />
          </Section>
          <Section title="Keyboard" detail="On this device.">
            <Keys />
          </Section>
          <Section title="Sessions" detail="Where you are signed in.">
            <SignIns />
          </Section>
          <Section title="Your data">
            <Export />
          </Section>
          <Section title="Account" detail={`Signed in as ${user.email ?? user.id}.`}>
            <div className="flex flex-wrap gap-2">
              <SignOut />
              <DeleteAccount user={user} />
            </div>
          </Section>
        </div>
      </div>
    </>
  );
}

interface SectionProps {
  readonly title: string;
  readonly detail?: string;
  readonly children: ReactNode;
}

function Section({ title, detail, children }: SectionProps) {
  return (
    <section aria-label={title} className="rounded-lg border border-line bg-surface p-4 shadow-raised sm:p-5">
      <h2 className="text-lg font-semibold">{title}</h2>
      {detail !== undefined && <p className="text-sm text-muted">{detail}</p>}
      <div className="mt-3">{children}</div>
    </section>
  );
}

function Appearance() {
  const colours = useStore(theme, (choice) => choice);
  const strength = useStore(contrast, (choice) => choice);
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Choice labelled label="Theme" testId="theme" options={THEMES} value={colours} onChange={chooseTheme} />
      <Choice labelled label="Contrast" testId="contrast" options={CONTRASTS} value={strength} onChange={chooseContrast} />
    </div>
  );
}

function Keys() {
  const on = useStore(keysOn, (value) => value);
  return (
    <div className="flex flex-wrap items-start justify-between gap-3">
      <label className="flex min-w-56 flex-1 cursor-pointer gap-3 text-sm">
        <input
          type="checkbox"
          data-testid="letters"
          checked={on}
          onChange={(event) => turnKeys(event.target.checked)}
          className="mt-0.5 size-4 shrink-0 accent-accent"
        />
        <span className="text-muted">
          <span className="block font-medium text-ink">Single letters are shortcuts</span> Turn this off when you dictate, or
          when keys slip. Never while you write.
        </span>
      </label>
      <Button size="sm" aria-haspopup="dialog" onClick={showSheet}>
        All shortcuts
      </Button>
    </div>
  );
}

function SignOut() {
  const { leave, isPending, error } = useLeave();
  return (
    <>
      <Button busy={isPending} onClick={leave} data-testid="sign-out">
        <LogOut aria-hidden className="size-4" /> {isPending ? "Signing out…" : "Sign out"}
      </Button>
      {error !== null && <FormError>{problemOf(error).message}</FormError>}
    </>
  );
}
