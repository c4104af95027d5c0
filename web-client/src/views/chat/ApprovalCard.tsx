// A question to the person: may exactly these calls be made? What is asked comes from the system's
// record of the calls, never from the model's prose.

import { Check, ChevronDown, CircleSlash, Clock, LoaderCircle, ShieldQuestionMark } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import type { Flow } from "../../app/flow";
import { useHere, useZone } from "../../app/now";
import { useOpened } from "../../app/opened";
import { useServices } from "../../app/services";
import { useTaskTitle } from "../../app/tasks";
import { clockWords } from "../../state/due";
import { changesWords, intentOf, timeLeftWords } from "../../state/intent";
import type { Approval, ApprovalState, Decision, ToolCall } from "../../state/model";
import { problemOf } from "../../state/problem";
import { Button } from "../parts/Button";

/** How many calls are shown before somebody asks for the rest. */
const SHOWN = 10;

interface ApprovalCardProps {
  readonly approval: Approval;
  readonly flow: Flow;
  /** True once nothing more will come of the turn. */
  readonly ended: boolean;
}

export function ApprovalCard({ approval, flow, ended }: ApprovalCardProps) {
  // The answer to the decision may be here before the turn's own word on it.
  const [decided, setDecided] = useState<Approval | null>(null);
  const shown = approval.state === "pending" && decided !== null ? decided : approval;
  const card = useRef<HTMLElement>(null);
  const heading = useId();
  const open = shown.state === "pending" && !ended;

  return (
    <section
      ref={card}
      tabIndex={-1}
      aria-labelledby={heading}
      data-testid="approval"
      data-approval-id={approval.id}
      data-state={shown.state}
      className={`rounded-lg border bg-surface shadow-raised ${open ? "border-accent" : "border-line"}`}
    >
      {open ? (
        <Question
          approval={shown}
          flow={flow}
          heading={heading}
          onDecided={(answer) => {
            // The button that had the focus goes away with it.
            card.current?.focus({ preventScroll: true });
            setDecided(answer);
          }}
        />
      ) : (
        <Answer approval={shown} heading={heading} />
      )}
    </section>
  );
}

interface QuestionProps {
  readonly approval: Approval;
  readonly flow: Flow;
  readonly heading: string;
  readonly onDecided: (approval: Approval) => void;
}

function Question({ approval, flow, heading, onDecided }: QuestionProps) {
  const { toasts } = useServices();
  const { now } = useHere();
  const [deciding, setDeciding] = useState<Decision | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);

  const decide = async (decision: Decision) => {
    if (deciding !== null) return;
    setDeciding(decision);
    setProblem(null);
    try {
      const answer = await flow.decide(approval.id, decision);
      toasts.say(decision === "approve" ? "Approved" : "Denied. Nothing is changed");
      if (here.current) onDecided(answer);
    } catch (cause) {
      setProblem(problemOf(cause).message);
      setDeciding(null);
    }
  };

  const single = approval.calls.length === 1;
  return (
    <>
      <div className="flex gap-3 px-3 pt-3 sm:px-4">
        <Badge look="bg-soft text-on-soft">
          <ShieldQuestionMark />
        </Badge>
        <div className="min-w-0">
          <h3 id={heading} className="font-semibold">
            {single ? "May the assistant make this change?" : `May the assistant make these ${changesWords(approval.calls.length)}?`}
          </h3>
          <p className="text-sm text-muted" data-testid="approval-reason">
            {approval.text}
          </p>
        </div>
      </div>
      <Calls calls={approval.calls} />
      {problem !== null && (
        <p role="alert" data-testid="approval-problem" className="px-3 pb-2 text-sm text-danger sm:px-4">
          {problem}
        </p>
      )}
      <div className="flex flex-wrap items-center gap-2 border-t border-line px-3 py-2.5 sm:px-4">
        <Choice decision="approve" deciding={deciding} heading={heading} onChoose={decide} />
        <Choice decision="deny" deciding={deciding} heading={heading} onChoose={decide} />
        <p className="ml-auto flex items-center gap-1.5 text-xs text-muted max-sm:ml-0 max-sm:w-full" data-testid="approval-time-left">
          <Clock aria-hidden className="size-3.5" /> {timeLeftWords(approval.expiresAt, now)}
        </p>
      </div>
    </>
  );
}

const CHOICES = {
  approve: { look: "primary", words: "Approve", doing: "Approving…" },
  deny: { look: "plain", words: "Deny", doing: "Denying…" },
} as const;

interface ChoiceProps {
  readonly decision: Decision;
  readonly deciding: Decision | null;
  readonly heading: string;
  readonly onChoose: (decision: Decision) => Promise<void>;
}

function Choice({ decision, deciding, heading, onChoose }: ChoiceProps) {
  const { look, words, doing } = CHOICES[decision];
  const busy = deciding === decision;
  return (
    <Button
      look={look}
      className="min-w-24"
      busy={deciding !== null}
      aria-describedby={heading}
      data-testid={decision}
      onClick={() => void onChoose(decision)}
    >
      {busy && <LoaderCircle aria-hidden className="size-4 animate-spin" />}
      {busy ? doing : words}
    </Button>
  );
}

const ANSWERS: Readonly<Record<ApprovalState, { words: string; look: string; icon: ReactNode }>> = {
  // The turn ended without anybody's word.
  pending: { words: "Not answered", look: "bg-sunken text-muted", icon: <CircleSlash /> },
  approved: { words: "Approved", look: "bg-soft text-on-soft", icon: <Check className="stroke-[2.5]" /> },
  denied: { words: "Denied", look: "bg-sunken text-muted", icon: <CircleSlash /> },
  expired: { words: "Not answered in time", look: "bg-sunken text-muted", icon: <Clock /> },
};

function Answer({ approval, heading }: { readonly approval: Approval; readonly heading: string }) {
  const { words, look, icon } = ANSWERS[approval.state];
  const { decidedAt } = approval;
  const zone = useZone();
  return (
    <details {...useOpened(approval.id)} className="group/card">
      <summary className="flex min-h-11 items-center gap-3 rounded-lg px-3 py-2">
        <Badge look={look}>{icon}</Badge>
        <h3 id={heading} className="min-w-0 flex-1" data-testid="approval-answer">
          <span className="font-medium">{words}:</span> {changesWords(approval.calls.length)}
          {approval.state !== "approved" && <span className="text-muted"> not made</span>}
        </h3>
        {decidedAt !== null && (
          <time dateTime={new Date(decidedAt).toISOString()} className="shrink-0 text-xs text-muted">
            {clockWords(decidedAt, zone)}
          </time>
        )}
        <ChevronDown
          aria-hidden
          className="size-4 shrink-0 text-muted transition-transform group-open/card:rotate-180"
        />
        <span className="sr-only">Details</span>
      </summary>
      <p className="border-t border-line px-3 pt-2.5 text-sm text-muted sm:px-4">{approval.text}</p>
      <Calls calls={approval.calls} />
    </details>
  );
}

function Calls({ calls }: { readonly calls: readonly ToolCall[] }) {
  const [all, setAll] = useState(false);
  const hidden = all ? 0 : Math.max(0, calls.length - SHOWN);
  return (
    <div className="px-3 py-3 text-sm sm:px-4">
      <ol className="space-y-1.5" data-testid="approval-calls">
        {calls.slice(0, calls.length - hidden).map((call) => (
          <li key={call.id} data-testid="approval-call" data-tool={call.tool} className="rounded-md bg-sunken px-3 py-2">
            <CallView call={call} />
          </li>
        ))}
      </ol>
      {hidden > 0 && (
        <Button look="quiet" size="sm" className="mt-1.5" onClick={() => setAll(true)}>
          Show {hidden} more
        </Button>
      )}
    </div>
  );
}

function CallView({ call }: { readonly call: ToolCall }) {
  const { verb, what, taskId, details } = intentOf(call);
  const title = useTaskTitle(taskId);
  const name = what ?? title;
  return (
    <>
      <p className="whitespace-pre-wrap">
        <span className="font-medium">{verb}</span>
        {name !== null && ` “${name}”`}
        {name === null && taskId !== null && " a task"}
      </p>
      {details.length > 0 && (
        <dl className="mt-0.5 flex flex-wrap gap-x-4 gap-y-0.5 text-muted" aria-label="Arguments">
          {details.map(({ name: argument, value }) => (
            <div key={argument} className="flex min-w-0 flex-wrap gap-x-1.5">
              <dt>{argument.replaceAll("_", " ")}</dt>
              <dd className="min-w-0 whitespace-pre-wrap text-ink">{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

function Badge({ look, children }: { readonly look: string; readonly children: ReactNode }) {
  return (
    <span aria-hidden className={`grid size-6 shrink-0 place-items-center rounded-full [&_svg]:size-4 ${look}`}>
      {children}
    </span>
  );
}
