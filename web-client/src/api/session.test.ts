// Signing in, staying so, and leaving, against an AuthService in this process.

import { Code, ConnectError, createClient, createRouterTransport, type HandlerContext } from "@connectrpc/connect";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { AuthService } from "../gen/taskchat/v1/auth_pb";
import { TaskService } from "../gen/taskchat/v1/task_service_pb";
import { Session } from "./session";
import { authorize, type Bearer } from "./transport";

const ada = { id: "ada", email: "ada@example.com", timeZone: "UTC" };
/** Whose cookie it is. */
let user = ada;
let issued = 0;
let cookie = true;
let revoked = new Set<string>();
const tokens = () => ({ user, accessToken: `token-${++issued}`, expiresIn: 900 });
const refresh = vi.fn(() => {
  if (!cookie) throw new ConnectError("Not authenticated", Code.Unauthenticated);
  return tokens();
});

const auth = createRouterTransport(({ service }) => {
  service(AuthService, {
    signUp: tokens,
    signIn: tokens,
    refresh,
    signOut: () => ({}),
  });
});

function check(context: HandlerContext) {
  const token = context.requestHeader.get("authorization")?.replace("Bearer ", "") ?? "";
  if (revoked.has(token)) throw new ConnectError("Invalid token or expired token.", Code.Unauthenticated);
}

function tasksOf(session: Bearer) {
  const transport = createRouterTransport(
    ({ service }) => {
      service(TaskService, {
        listTasks: (_request, context) => {
          check(context);
          return { count: 7 };
        },
      });
    },
    { transport: { interceptors: [authorize(session)] } },
  );
  return createClient(TaskService, transport);
}

beforeEach(() => {
  issued = 0;
  cookie = true;
  user = ada;
  revoked = new Set();
  refresh.mockClear();
  vi.useRealTimers();
});

describe("Session", () => {
  it("is restored from the cookie", async () => {
    const session = new Session(auth);
    expect(session.state.get().is).toBe("restoring");
    await session.restore();
    expect(session.state.get()).toMatchObject({ is: "in", user: { id: "ada", email: "ada@example.com" } });
  });

  it("is out without one, and unknown without an answer", async () => {
    cookie = false;
    const session = new Session(auth);
    await session.restore();
    expect(session.state.get()).toEqual({ is: "out", left: false });
    refresh.mockImplementationOnce(() => {
      throw new ConnectError("down", Code.Unavailable);
    });
    await session.restore();
    expect(session.state.get()).toMatchObject({ is: "unknown", problem: { kind: "unavailable" } });
  });

  it("opens as who was here last while nobody answers, and learns the truth later", async () => {
    await new Session(auth).restore();
    const later = new Session(auth);
    refresh.mockImplementationOnce(() => {
      throw new ConnectError("down", Code.Unavailable);
    });
    await later.restore();
    expect(later.state.get()).toMatchObject({ is: "in", user: { id: "ada", email: "ada@example.com" } });
    cookie = false;
    await expect(later.token()).rejects.toMatchObject({ kind: "unauthenticated" });
    expect(later.state.get()).toEqual({ is: "out", left: false });
    refresh.mockImplementationOnce(() => {
      throw new ConnectError("down", Code.Unavailable);
    });
    await later.restore();
    expect(later.state.get().is).toBe("unknown");
  });

  it("keeps its tokens out of every storage", async () => {
    const session = new Session(auth);
    await session.signIn("ada@example.com", "secret");
    await session.signUp({ email: "ada@example.com", password: "secret", timeZone: "UTC" });
    expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain("token-");
  });

  it("renews once for any number of refused calls, which then succeed", async () => {
    const session = new Session(auth);
    await session.signIn("ada@example.com", "secret");
    const tasks = tasksOf(session);
    revoked.add("token-1");
    const answers = await Promise.all([1, 2, 3].map(() => tasks.listTasks({})));
    expect(answers.map((answer) => answer.count)).toEqual([7, 7, 7]);
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it("asks again only once", async () => {
    const session = new Session(auth);
    await session.signIn("ada@example.com", "secret");
    revoked.add("token-1").add("token-2").add("token-3");
    await expect(tasksOf(session).listTasks({})).rejects.toMatchObject({ code: Code.Unauthenticated });
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it("renews a token before it ends", async () => {
    vi.useFakeTimers({ now: 0, toFake: ["Date"] });
    const session = new Session(auth);
    await session.signIn("ada@example.com", "secret");
    expect(await session.token()).toBe("token-1");
    vi.setSystemTime(880_000);
    expect(await session.token()).toBe("token-2");
  });

  it("ends when the cookie is not good any more", async () => {
    const session = new Session(auth);
    await session.signIn("ada@example.com", "secret");
    revoked.add("token-1");
    cookie = false;
    await expect(tasksOf(session).listTasks({})).rejects.toBeDefined();
    expect(session.state.get()).toEqual({ is: "out", left: false });
  });

  it("goes on when the network fails while renewing", async () => {
    const session = new Session(auth);
    await session.signIn("ada@example.com", "secret");
    revoked.add("token-1");
    refresh.mockImplementationOnce(() => {
      throw new ConnectError("down", Code.Unavailable);
    });
    await expect(tasksOf(session).listTasks({})).rejects.toBeDefined();
    expect(session.state.get().is).toBe("in");
  });

  it("is left on purpose", async () => {
    const session = new Session(auth);
    await session.signIn("ada@example.com", "secret");
    await session.signOut();
    expect(session.state.get()).toEqual({ is: "out", left: true });
    cookie = false;
    await expect(session.token()).rejects.toMatchObject({ kind: "unauthenticated" });
  });

  it("sends nobody's calls with the token of somebody else", async () => {
    const session = new Session(auth);
    await session.signIn("ada@example.com", "secret");
    const tasks = tasksOf(session.of("ada"));
    await tasks.listTasks({});
    // In another tab, of which this one has not heard.
    user = { ...ada, id: "bob" };
    revoked.add("token-1");
    await expect(tasks.listTasks({})).rejects.toMatchObject({ cause: { kind: "unauthenticated" } });
    expect(session.state.get()).toMatchObject({ is: "in", user: { id: "bob" } });
    await expect(session.of("ada").token()).rejects.toMatchObject({ kind: "unauthenticated" });
    await expect(session.of("bob").token()).resolves.toBe("token-2");
  });

  it("follows whoever signs in in another tab", async () => {
    const [here, there] = [new Session(auth), new Session(auth)];
    await here.signIn("ada@example.com", "secret");
    const restore = vi.spyOn(here, "restore");
    // The same person once more is no news.
    await there.signIn("ada@example.com", "secret");
    user = { ...ada, id: "bob" };
    await there.signIn("bob@example.com", "secret");
    await vi.waitFor(() => expect(here.state.get()).toMatchObject({ is: "in", user: { id: "bob" } }));
    expect(restore).toHaveBeenCalledOnce();
  });
});
