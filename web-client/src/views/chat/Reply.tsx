// The assistant's half of a turn: what it did, what it said, what one should know beside that.

import { CircleAlert, CircleStop, Info, RotateCw, TriangleAlert, Unplug } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Flow } from "../../app/flow";
import { settled } from "../../app/settled";
import type { Notice } from "../../state/model";
import { isFinal, ownCalls, type Turn } from "../../state/turn";
import { Button } from "../parts/Button";
import { later } from "../parts/later";
import { CopyButton } from "./CopyButton";
import type { DeedsProps } from "./Deeds";
import { Markdown } from "./later-markdown";
import type { Place } from "./RowView";
import { TimeOfDay } from "./Times";

const ApprovalCard = later(
  async () => (await import("./ApprovalCard")).ApprovalCard,
  ({ approval }) => <p className="text-muted">{approval.text}</p>,
);
/** As high as they are going to be. */
export const Deeds = later<DeedsProps>(
  async () => (await import("./Deeds")).Deeds,
  ({ calls }) => (
    <div aria-hidden className="space-y-2">
      {calls.map(({ id }) => (
        <div key={id} className="h-11.5 rounded-lg border border-line bg-surface" />
      ))}
    </div>
  ),
);
void settled.then(() => Deeds.load());

interface ReplyProps {
  readonly turn: Turn;
  readonly flow: Flow;
  readonly place: Place;
}

export function Reply({ turn, flow, place }: ReplyProps) {
  if (turn.phase === "waiting" || turn.phase === "unsent") return null;
  const working = !isFinal(turn.phase);
  const calls = ownCalls(turn);
  const nothing = calls.every(({ receipt, isError }) => receipt === null || isError);
  const claims = turn.notices.filter((notice) => notice.kind === "unbacked_claim");
  return (
    <article
      {...place}
      aria-busy={working}
      data-testid="assistant-message"
      data-phase={turn.phase}
      className="group flex flex-col gap-3 pt-5 pb-1"
    >
      <h2 className="sr-only">taskchat answered</h2>
      {calls.length > 0 && <Deeds calls={calls} turnId={turn.turnId} ended={!working} />}
      {turn.approvals.map((approval) => (
        <ApprovalCard key={approval.id} approval={approval} flow={flow} ended={!working} />
      ))}
      {claims.map((notice) => (
        <Claim key={notice.text} notice={notice} nothing={nothing} />
      ))}
      {turn.text !== "" && (
        <div className="text-[1rem] leading-[1.625rem]" data-testid="assistant-text" dir="auto">
          <Markdown text={turn.text} streaming={working} />
        </div>
      )}
      {working && <Working turn={turn} />}
      {turn.notices
        .filter((notice) => notice.kind !== "unbacked_claim")
        .map((notice) => (
          <Slip key={`${notice.kind} ${notice.text}`} tone="plain" icon={<Info />} testId={`notice-${notice.kind}`}>
            {notice.text}
          </Slip>
        ))}
      <Ending turn={turn} flow={flow} />
      {!working && turn.endedAt !== null && (
        <footer className="-mt-2 -mb-2 -ml-1.5 flex h-7 items-center gap-1.5 text-xs text-muted">
          {turn.text !== "" && <CopyButton text={turn.text} what="answer" />}
          <TimeOfDay at={turn.endedAt} className="opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100" />
        </footer>
      )}
    </article>
  );
}

/** Three dots until there is something better to look at. */
function Working({ turn }: { readonly turn: Turn }) {
  const acting = turn.calls.some((call) => call.result === null);
  const asking = turn.approvals.some((approval) => approval.state === "pending");
  if (turn.text !== "" || acting || asking) return null;
  const words = turn.phase === "queued" ? "Waiting for its turn" : "Thinking";
  return (
    <p data-testid="thinking" className="flex h-6 items-center gap-1.5 text-muted">
      <span className="sr-only">{words}</span>
      {[0, 1, 2].map((dot) => (
        <span
          key={dot}
          aria-hidden
          className={`size-1.5 animate-pulse rounded-full bg-current ${["", "[animation-delay:200ms]", "[animation-delay:400ms]"][dot]}`}
        />
      ))}
    </p>
  );
}

/** Before the text that it is about, so that nobody reads that one first. */
function Claim({ notice, nothing }: { readonly notice: Notice; readonly nothing: boolean }) {
  return (
    <div
      data-testid="notice-unbacked_claim"
      className="flex gap-3 rounded-lg border border-current bg-warn-soft px-3 py-2.5 text-warn"
    >
      <TriangleAlert aria-hidden className="mt-0.5 size-5 shrink-0" />
      <div className="min-w-0">
        <h3 className="font-semibold">{nothing ? "Nothing was changed" : "Not everything was changed"}</h3>
        <p className="text-sm">{notice.text}</p>
      </div>
    </div>
  );
}

/** Sends the same message once more. */
function Retry({ turn, flow }: { readonly turn: Turn; readonly flow: Flow }) {
  if (turn.turnId === null) return null;
  return <Again words="Try again" testId="retry-turn" act={() => flow.retry(turn.key)} />;
}

interface AgainProps {
  readonly words: string;
  readonly testId: string;
  readonly act: () => Promise<void>;
}

function Again({ words, testId, act }: AgainProps) {
  const [busy, setBusy] = useState(false);
  return (
    <div>
      <Button
        size="sm"
        className="mt-2"
        busy={busy}
        data-testid={testId}
        onClick={() => {
          setBusy(true);
          void act().finally(() => setBusy(false));
        }}
      >
        <RotateCw aria-hidden className="size-4" /> {words}
      </Button>
    </div>
  );
}

function Ending({ turn, flow }: { readonly turn: Turn; readonly flow: Flow }) {
  // The answer's own problem: the page lost the turn, not the server.
  if (turn.problem !== null && turn.phase === "interrupted") {
    return (
      <Slip tone="warn" icon={<Unplug />} testId="turn-lost">
        <p>This answer can no longer be followed. {turn.problem.message}</p>
        <Again words="Look again" testId="look-again" act={() => flow.load()} />
      </Slip>
    );
  }
  switch (turn.phase) {
    case "failed":
      return (
        <Slip tone="danger" icon={<CircleAlert />} testId="turn-failed">
          <p>{turn.failure?.text || "The assistant could not answer."}</p>
          {turn.failure?.retryable !== false && <Retry turn={turn} flow={flow} />}
        </Slip>
      );
    case "cancelled":
      return (
        <Slip tone="plain" icon={<CircleStop />} testId="turn-cancelled">
          You stopped this answer.
          <Retry turn={turn} flow={flow} />
        </Slip>
      );
    case "interrupted":
      return (
        <Slip tone="warn" icon={<Unplug />} testId="turn-interrupted">
          This answer was cut off. What had happened until then is shown above.
          <Retry turn={turn} flow={flow} />
        </Slip>
      );
    default:
      return null;
  }
}

interface SlipProps {
  readonly tone: "plain" | "warn" | "danger";
  readonly icon: ReactNode;
  readonly testId: string;
  readonly children: ReactNode;
}

const TONES = {
  plain: "text-muted bg-sunken",
  warn: "text-warn bg-warn-soft",
  danger: "text-danger bg-danger-soft",
} as const;

function Slip({ tone, icon, testId, children }: SlipProps) {
  return (
    <div data-testid={testId} className={`flex gap-2.5 self-start rounded-lg px-3 py-2 text-sm ${TONES[tone]}`}>
      <span aria-hidden className="mt-0.5 shrink-0 [&_svg]:size-4">
        {icon}
      </span>
      <div className="min-w-0">{children}</div>
    </div>
  );
}
