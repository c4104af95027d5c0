// Where the account is signed in, and signing out there.

import { Laptop, Smartphone } from "lucide-react";
import { useRef } from "react";
import { useHere } from "../../app/now";
import { useRevoke, useSignIns } from "../../app/settings";
import { agentWords, isHandheld } from "../../state/agent-words";
import { clockWords, separatorWords } from "../../state/due";
import type { SignIn } from "../../state/model";
import { problemOf } from "../../state/problem";
import { Button } from "../parts/Button";
import { handOn } from "../parts/focus";
import { Skeleton, Trouble } from "../parts/State";

export function SignIns() {
  const { data, error, refetch } = useSignIns();
  if (data === undefined) {
    return error === null ? (
      <Skeleton lines={2} label="Loading sessions" />
    ) : (
      <Trouble title="Sessions could not be loaded" detail={problemOf(error).message} onRetry={() => void refetch()} />
    );
  }
  return (
    <ul className="divide-y divide-line">
      {data.map((each) => (
        <Row key={each.id} signIn={each} />
      ))}
    </ul>
  );
}

function Row({ signIn }: { readonly signIn: SignIn }) {
  const here = useHere();
  const revoke = useRevoke();
  const { current, userAgent, lastUsedAt, createdAt } = signIn;
  const name = agentWords(userAgent);
  const row = useRef<HTMLLIElement>(null);
  // Before it goes, with the button that has the focus.
  const leave = () => row.current !== null && handOn(row.current, row.current.parentElement);
  const Icon = isHandheld(userAgent) ? Smartphone : Laptop;
  return (
    <li ref={row} data-testid="session" data-session-id={signIn.id} data-current={current} className="flex items-center gap-3 py-2.5">
      <Icon aria-hidden className="size-5 shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium" title={userAgent}>
          {name}
          {current && <span className="ml-2 rounded-full bg-soft px-2 py-0.5 text-xs font-medium text-on-soft">This one</span>}
        </p>
        <p className="text-xs text-muted">
          Since {separatorWords(createdAt, here).replace(/^(?:Today|Yesterday)/, (day) => day.toLowerCase())}
          {!current && `, last used ${separatorWords(lastUsedAt, here).replace(/^(?:Today|Yesterday)/, (day) => day.toLowerCase())}, ${clockWords(lastUsedAt, here.zone)}`}
        </p>
      </div>
      {!current && (
        <Button
          size="sm"
          busy={revoke.isPending}
          data-testid="revoke-session"
          aria-label={`Sign out ${name}`}
          onClick={() => revoke.mutate(signIn.id, { onSuccess: leave })}
        >
          Sign out
        </Button>
      )}
    </li>
  );
}
