// A conversation: messages, composer, and the tasks beside them where there is room.

import { ListTodo } from "lucide-react";
import { useEffect, useLayoutEffect, useRef } from "react";
import { useLocation } from "wouter";
import { useTitle } from "../../app/conversations";
import { useDrawers } from "../../app/drawers";
import type { Flow } from "../../app/flow";
import { useServices, useStore } from "../../app/services";
import { shown } from "../../app/settled";
import { useTitleOf } from "../../app/title";
import { Missing } from "../NotFound";
import { PageHeader } from "../PageHeader";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { Skeleton, Trouble } from "../parts/State";
import { TasksPanel } from "../tasks/TasksPanel";
import { Composer } from "./Composer";
import { useAnnouncements } from "./announcements";
import { ConnectionBanner } from "./ConnectionBanner";
import { Greeting } from "./Greeting";
import { Thread } from "./Thread";

export function ChatPage({ id }: { readonly id: string | null }) {
  const { desk } = useServices();
  const fresh = useStore(desk.fresh, (flow) => flow);
  const flow = id === null ? fresh : desk.open(id);
  const named = useStore(flow.thread, (thread) => thread.conversationId);
  const [, navigate] = useLocation();

  // Whoever saw the conversation begin follows it to its address; whoever comes to begin another one
  // does not get the last one.
  const begun = useRef<Flow | null>(null);
  useLayoutEffect(() => {
    if (id !== null) return;
    if (named === null) {
      begun.current = flow;
    } else {
      if (begun.current === flow) navigate(`/chat/${named}`, { replace: true });
      desk.startFresh();
    }
  }, [desk, flow, id, named, navigate]);

  useEffect(() => {
    const load = () => void flow.load();
    load();
    addEventListener("focus", load);
    return () => removeEventListener("focus", load);
  }, [flow]);

  return (
    <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)] xl:grid-cols-[minmax(0,1fr)_22rem]">
      <Conversation flow={flow} />
      <aside aria-label="Tasks" className="hidden min-h-0 border-l border-line xl:block">
        <TasksPanel />
      </aside>
      <TasksDrawer />
    </div>
  );
}

function Conversation({ flow }: { readonly flow: Flow }) {
  const load = useStore(flow.thread, (thread) => thread.load);
  const problem = useStore(flow.thread, (thread) => thread.problem);
  const empty = useStore(flow.thread, (thread) => thread.rows.length === 0);
  const title = useTitle(useStore(flow.thread, (thread) => thread.conversationId));
  const drawers = useDrawers();
  // An id that is none, as somebody may have typed it, is as good as one that leads nowhere.
  const missing = load === "failed" && (problem?.missing === true || problem?.kind === "invalid");
  const words = missing ? "Not found" : (title ?? (load === "new" ? "New chat" : "Chat"));
  // A thread tells by itself.
  useEffect(() => {
    if (empty && load !== "loading") shown();
  }, [empty, load]);
  useTitleOf(words);
  useAnnouncements(flow);

  return (
    <section className="flex min-h-0 min-w-0 flex-col" aria-label="Chat">
      <PageHeader title={words}>
        <Button
          look="quiet"
          size="sm"
          data-testid="open-tasks"
          aria-haspopup="dialog"
          className="xl:hidden"
          onClick={() => drawers.show("tasks")}
        >
          <ListTodo aria-hidden className="size-[1.125rem]" /> Tasks
        </Button>
      </PageHeader>
      {missing ? (
        <Missing
          testId="conversation-not-found"
          title="Conversation not found"
          detail="It does not exist, was deleted, or belongs to somebody else."
        />
      ) : (
        <>
          <ConnectionBanner flow={flow} />
          <div className="relative flex min-h-0 flex-1 flex-col">
            {empty && load === "loading" && (
              <div className="mx-auto w-full max-w-3xl">
                <Skeleton lines={5} label="Loading messages" />
              </div>
            )}
            {empty && load === "failed" && (
              <Trouble
                title="The messages could not be loaded"
                detail={problem?.message ?? ""}
                onRetry={() => void flow.load()}
              />
            )}
            {empty && (load === "new" || load === "ready") && <Greeting flow={flow} />}
            {!empty && <Thread key={flow.serial} flow={flow} />}
          </div>
          <Composer key={`composer-${flow.serial}`} flow={flow} />
        </>
      )}
    </section>
  );
}

function TasksDrawer() {
  const drawers = useDrawers();
  if (drawers.open !== "tasks") return null;
  return (
    <Dialog title="Tasks" shape="right" bare onClose={() => drawers.show(null)} testId="tasks-drawer">
      <TasksPanel onLeave={() => drawers.show(null)} />
    </Dialog>
  );
}
