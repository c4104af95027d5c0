// The entry: shows the sign-in form or loads the rest of the page, as the session has it.

import { session } from "./app/begin";
import { StrictMode, startTransition, useSyncExternalStore } from "react";
import { createRoot } from "react-dom/client";
import { Redirect, useLocation, useSearch, useSearchParams } from "wouter";
import { pageAt } from "./app/pages";
import { watchTheme } from "./app/theme";
import { kept } from "./state/kept";
import { Welcome } from "./views/account/Welcome";
import { Brand } from "./views/parts/Brand";
import { later } from "./views/parts/later";
import { Trouble } from "./views/parts/State";
import "./styles/main.css";

const App = later(async () => {
  const { default: Page, opened } = await import("./app/App");
  await opened();
  return Page;
}, Splash);

/** Whether the last visit ended signed in: nothing secret. */
const RETURNING = "taskchat.returning";

/** Where people land after signing in, unless they were on their way somewhere. */
const HOME = "/tasks";

function Root() {
  const state = useSyncExternalStore(session.state.subscribe, session.state.get);
  switch (state.is) {
    case "restoring":
      return <Splash />;
    case "unknown":
      return (
        <main className="grid min-h-dvh place-items-center">
          <Trouble
            title="taskchat cannot be reached"
            detail={state.problem.message}
            onRetry={() => void session.restore()}
          />
        </main>
      );
    case "out":
      return <Outside left={state.left} />;
    case "in":
      return <Inside>{state.user.id}</Inside>;
  }
}

/** Whoever was on the way somewhere gets there after signing in; whoever has left does not. */
function Outside({ left }: { readonly left: boolean }) {
  const [path] = useLocation();
  const search = useSearch();
  if (path === "/signin" || path === "/signup") {
    return <Welcome session={session} mode={path === "/signin" ? "signin" : "signup"} />;
  }
  const here = `${path}${search === "" ? "" : `?${search}`}${location.hash}`;
  const target = left || path === "/" ? "/signin" : `/signin?next=${encodeURIComponent(here)}`;
  return <Redirect to={target} replace />;
}

function Inside({ children: userId }: { readonly children: string }) {
  const [path] = useLocation();
  const [query] = useSearchParams();
  if (path === "/" || path === "/signin" || path === "/signup") {
    return <Redirect to={safePath(query.get("next"))} replace />;
  }
  return <App key={userId} splash={<Splash />} />;
}

/** Only a path of this page: never another site, which a link could smuggle in. */
function safePath(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) && !/^\/sign(in|up)/.test(next) ? next : HOME;
}

/** index.html has the same, for the time before this. */
function Splash() {
  return (
    <main aria-busy className="grid min-h-dvh place-items-center" data-testid="splash">
      <h1 className="animate-pulse [animation-delay:600ms]">
        <Brand large />
      </h1>
    </main>
  );
}

/** Until there is something to show, the splash of index.html stays, and nothing is drawn twice. */
async function draw(): Promise<void> {
  if (session.state.get().is === "in") await App.load();
  // Scripts do not wait for the rest of the document.
  if (document.readyState === "loading") {
    await new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve, { once: true }));
  }
  const root = document.getElementById("root");
  if (root === null) return;
  // Not at one go: the browser gets a word in between.
  startTransition(() => {
    createRoot(root).render(
      <StrictMode>
        <Root />
      </StrictMode>,
    );
  });
}

let drawn = false;
function follow(): void {
  const { is } = session.state.get();
  if (is === "restoring") return;
  if (is !== "unknown") kept.write(RETURNING, String(is === "in"));
  if (drawn) return;
  drawn = true;
  void draw();
}

watchTheme();
// Most who come back are still signed in: their page loads while the cookie is being tried.
if (kept.read(RETURNING) === "true") {
  void App.load();
  void pageAt(location.pathname).load();
}
session.state.subscribe(follow);
// It may be known already.
follow();
