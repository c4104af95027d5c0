// Whose services there are, and from when to when.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SessionState } from "../api/session";
import type { User } from "../state/model";
import { createStore, type Store } from "../state/store";
import { fakeApi } from "../test-page";
import type { Services } from "./services";

const person = (id: string): User => ({ id, email: `${id}@example.com`, timeZone: "UTC", approvalPolicy: "by_risk", createdAt: 0 });
const inside = (id: string): SessionState => ({ is: "in", user: person(id) });

let state: Store<SessionState>;
/** Preparations that have begun, by person; called, they are done. */
let prepared: Map<string, () => void>;
/** Where the page was when the last of them began. */
let preparedFor: string;
let followed: string[];
let signedIn: Store<Services | null>;
let opened: () => Promise<void>;
const shown = () => signedIn.get()?.user.id ?? null;
/** Promises and what is to happen right after. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

beforeEach(async () => {
  history.replaceState(null, "", "/tasks");
  preparedFor = "";
  state = createStore<SessionState>({ is: "restoring" });
  prepared = new Map();
  followed = [];
  vi.resetModules();
  vi.doMock("./begin", () => ({ session: { state, of: () => ({}) } }));
  vi.doMock("../api/api", () => ({ createApi: () => fakeApi({}) }));
  vi.doMock("./prepare", () => ({
    prepare: ({ user }: Services) => {
      preparedFor = location.pathname;
      return new Promise<void>((resolve) => prepared.set(user.id, resolve));
    },
  }));
  vi.doMock("./settled", () => ({ settled: Promise.resolve() }));
  vi.doMock("./task-news", () => ({
    followTasks: ({ user }: Services) => {
      followed.push(user.id);
      return () => followed.splice(followed.indexOf(user.id), 1);
    },
  }));
  ({ signedIn, opened } = await import("./signed-in"));
});

afterEach(async () => {
  state.update(() => ({ is: "out", left: true }));
  await settle();
  vi.doUnmock("./begin");
});

describe("the services of whoever is signed in", () => {
  it("are there once they are prepared, and follow the tasks from then on", async () => {
    const open = vi.fn();
    void opened().then(open);
    state.update(() => inside("ada"));
    await settle();
    expect([shown(), open.mock.calls.length, followed]).toEqual([null, 0, []]);
    prepared.get("ada")?.();
    await settle();
    expect([shown(), open.mock.calls.length, followed]).toEqual(["ada", 1, ["ada"]]);
  });

  it("are prepared for the address that signing in leads to", async () => {
    history.replaceState(null, "", "/signin");
    state.update(() => inside("ada"));
    history.replaceState(null, "", "/chat/one");
    await settle();
    expect(preparedFor).toBe("/chat/one");
  });

  it("are not waited for where nobody is signed in", async () => {
    const open = vi.fn();
    void opened().then(open);
    await settle();
    expect(open).not.toHaveBeenCalled();
    state.update(() => ({ is: "out", left: false }));
    await settle();
    expect(open).toHaveBeenCalledOnce();
    expect(shown()).toBeNull();
  });

  it("end with the session, after the page that used them", async () => {
    state.update(() => inside("ada"));
    prepared.get("ada")?.();
    await settle();
    const dispose = vi.spyOn(signedIn.get()?.queries ?? expect.fail(), "clear");
    state.update(() => ({ is: "out", left: true }));
    expect([shown(), followed, dispose.mock.calls.length]).toEqual([null, [], 0]);
    await settle();
    expect(dispose).toHaveBeenCalledOnce();
  });

  it("stay while the same person renews the session", async () => {
    state.update(() => inside("ada"));
    prepared.get("ada")?.();
    await settle();
    const before = signedIn.get();
    state.update(() => inside("ada"));
    await settle();
    expect(signedIn.get()).toBe(before);
  });

  it("are never those of the person before, however late these are ready", async () => {
    state.update(() => inside("ada"));
    state.update(() => inside("bob"));
    prepared.get("bob")?.();
    await settle();
    prepared.get("ada")?.();
    await settle();
    expect([shown(), followed]).toEqual(["bob", ["bob"]]);
  });
});
