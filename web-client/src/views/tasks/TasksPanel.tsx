// The tasks beside a conversation.

import { ExternalLink, X } from "lucide-react";
import { Link } from "wouter";
import { settled } from "../../app/settled";
import { IconButton } from "../parts/Button";
import { later } from "../parts/later";
import { Skeleton } from "../parts/State";

// The conversation comes first.
const PanelBody = later(
  async () => {
    await settled;
    return (await import("./PanelBody")).PanelBody;
  },
  () => <Skeleton lines={5} label="Loading tasks" />,
);

/** In a drawer, `onLeave` closes it. */
export function TasksPanel({ onLeave }: { readonly onLeave?: () => void }) {
  return (
    <div className="flex h-full min-h-0 flex-col bg-page" data-testid="tasks-panel">
      <header className="flex h-14 shrink-0 items-center justify-between border-b border-line px-4">
        <h2 className="text-lg font-semibold">Tasks</h2>
        <span className="flex">
          <Link
            href="/tasks"
            aria-label="Open the tasks page"
            title="Open the tasks page"
            className="inline-flex size-9 items-center justify-center rounded-md text-muted hover:bg-sunken hover:text-ink"
          >
            <ExternalLink aria-hidden className="size-[1.125rem]" />
          </Link>
          {onLeave !== undefined && (
            <IconButton label="Close" onClick={onLeave}>
              <X />
            </IconButton>
          )}
        </span>
      </header>
      <PanelBody />
    </div>
  );
}
