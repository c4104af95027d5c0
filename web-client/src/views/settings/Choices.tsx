// What the account remembers of its owner's wishes: when to ask, and where "tomorrow" is.

import { useMemo } from "react";
import { useChoose } from "../../app/account";
import { ownTimeZone } from "../../app/now";
import type { ApprovalPolicy } from "../../state/model";
import { problemOf } from "../../state/problem";
import { SELECT } from "../parts/Button";
import { Field, FormError } from "../parts/Field";

const POLICIES: readonly (readonly [ApprovalPolicy, string, string])[] = [
  ["by_risk", "When it is risky", "Many changes at once, what cannot be undone, and what text in your tasks may have led to."],
  ["always", "Before every change", "Nothing is changed without your word."],
  ["never", "Never", "Everything is done at once, without asking."],
];

export function Approvals({ policy }: { readonly policy: ApprovalPolicy }) {
  const choose = useChoose();
  return (
    <fieldset data-testid="approval-policy">
      <legend className="mb-1.5 text-sm font-medium">Ask me before the assistant changes something</legend>
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

export function TimeZone({ zone }: { readonly zone: string }) {
  const choose = useChoose();
  const own = ownTimeZone();
  const zones = useMemo(
    () => [...new Set([zone, own, "UTC", ...Intl.supportedValuesOf("timeZone")])].toSorted(),
    [own, zone],
  );
  const hint = `Times are shown there, and “tomorrow at nine” is meant there.${zone === own ? "" : ` This device is in ${own}.`}`;
  return (
    <>
      <Field label="Time zone" hint={hint}>
        {(control) => (
          <select
            {...control}
            data-testid="time-zone"
            value={zone}
            onChange={(event) => choose.mutate({ timeZone: event.target.value })}
            className={SELECT}
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
    </>
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
