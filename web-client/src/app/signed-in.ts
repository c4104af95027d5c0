// The services of whoever is signed in, made as soon as that is known, before anything is drawn.

import { createApi } from "../api/api";
import { createStore } from "../state/store";
import { fetched } from "../views/parts/fetched";
import { session } from "./begin";
import { prepare } from "./prepare";
import { createServices, type Services } from "./services";
import { settled } from "./settled";

/** `null` until there is something to draw with them. */
export const signedIn = createStore<Services | null>(null);

/** Of the person who is signed in, drawn or not. */
let current: Services | null = null;
let unfollow = () => {};

function follow(): void {
  const state = session.state.get();
  const user = state.is === "in" ? state.user : null;
  if (current?.user.id === user?.id) return;
  leave();
  current = user === null ? null : createServices(session, createApi(location.origin, session.of(user.id)), user);
  if (current !== null) void begin(current);
}

function leave(): void {
  const left = current;
  if (left === null) return;
  unfollow();
  unfollow = () => {};
  signedIn.update(() => null);
  // The page that uses them is taken down first.
  setTimeout(left.dispose);
}

async function begin(services: Services): Promise<void> {
  // Whoever has just signed in is led to another address first.
  if (/^\/sign(in|up)$/.test(location.pathname)) await new Promise((resolve) => setTimeout(resolve));
  await prepare(services);
  if (services !== current) return;
  signedIn.update(() => services);
  await settled;
  try {
    // Later than the lists, which is why they are read once more when it begins.
    const { followTasks } = await fetched(() => import("./task-news"));
    if (services === current) unfollow = followTasks(services);
  } catch {
    // Without it the lists are read anew whenever the page is looked at again.
  }
}

/** Fulfilled when the page can be drawn, or when it is known that nobody is signed in. */
export function opened(): Promise<void> {
  return new Promise((resolve) => {
    const stops = [signedIn, session.state].map((store) => store.subscribe(look));
    function look(): void {
      const { is } = session.state.get();
      if (signedIn.get() === null && (is === "in" || is === "restoring")) return;
      for (const stop of stops) stop();
      resolve();
    }
    look();
  });
}

session.state.subscribe(follow);
follow();
