// The page tells times where the account is: there, the assistant's words and the receipts' are at home.

import type { Query, QueryClient } from "@tanstack/react-query";
import { isZone, zone } from "../state/here";
import type { User } from "../state/model";
import type { TaskQuery } from "../state/tasks";
import { datesRead } from "./dates";
import { ownTimeZone } from "./now";

/** The account as it stands, in the query cache. */
export const ME = ["me"] as const;

/** What is older is asked for again when the page is looked at: another device may have changed it. */
const AGED = 60_000;

interface AccountZone {
  /** The account's IANA zone, as last heard. */
  readonly name: () => string;
  /** Another tab has changed the account. */
  readonly changed: () => void;
  readonly stop: () => void;
}

/** Which tasks are due today is another question elsewhere. */
function asksForDays({ queryKey: [, query] }: Query): boolean {
  return (query as TaskQuery).due !== "any";
}

export function followZone(queries: QueryClient, user: User, ask: () => Promise<User>): AccountZone {
  let name = user.timeZone;
  let stopped = false;
  const apply = async () => {
    // What this device's zone is called stands in tables that nobody should wait for.
    await datesRead;
    if (stopped) return;
    const before = zone.get();
    // One that this browser has not heard of yet is told as if it were this device's.
    zone.update(() => (name === ownTimeZone() || !isZone(name) ? null : name));
    if (zone.get() !== before) void queries.invalidateQueries({ queryKey: ["tasks"], predicate: asksForDays });
  };
  void apply();
  const unfollow = queries.getQueryCache().subscribe(({ type, query }) => {
    if (type !== "updated" || query.queryKey[0] !== ME[0]) return;
    const me = query.state.data as User | undefined;
    if (me === undefined || me.timeZone === name) return;
    name = me.timeZone;
    void apply();
  });
  // Who does not get it goes by what was last heard.
  const read = (staleTime: number) => void queries.fetchQuery({ queryKey: ME, queryFn: ask, staleTime }).catch(() => {});
  const looked = () => {
    if (!document.hidden) read(AGED);
  };
  document.addEventListener("visibilitychange", looked);
  const stop = () => {
    stopped = true;
    document.removeEventListener("visibilitychange", looked);
    unfollow();
  };
  return { name: () => name, changed: () => read(0), stop };
}
