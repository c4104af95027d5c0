// Who is signed in. The access token lives in this object and nowhere else; the refresh token is an
// HttpOnly cookie that the page never sees.

import { type Client, createClient, type Transport } from "@connectrpc/connect";
import { AuthService, type User as WireUser } from "../gen/taskchat/v1/auth_pb";
import { kept, usableLocks } from "../state/kept";
import type { User } from "../state/model";
import { Problem } from "../state/problem";
import { createStore, type Store } from "../state/store";
import { userOf } from "./convert/user";
import { call, toProblem } from "./errors";
import { type Bearer, UNARY } from "./transport";

export type SessionState =
  /** The cookie has not been tried yet. */
  | { readonly is: "restoring" }
  /** The server did not answer, so nobody knows. */
  | { readonly is: "unknown"; readonly problem: Problem }
  /** `left` says that somebody chose to sign out, rather than that there is no session (any more). */
  | { readonly is: "out"; readonly left: boolean }
  | { readonly is: "in"; readonly user: User };

export interface NewAccount {
  readonly email: string;
  readonly password: string;
  readonly timeZone: string;
}

interface Tokens {
  readonly user?: WireUser | undefined;
  readonly accessToken: string;
  readonly expiresIn: number;
}

/** Who was signed in last: nothing secret, so that the page opens without a connection as well. */
const KNOWN = "taskchat.user";

/** A token is renewed this long before it ends, since calls take time; sooner when it lives shortly. */
const LEEWAY = 30_000;

/** What tabs tell each other: they share the cookie, and with it who is signed in. */
type News = { readonly in: string } | "out";

export class Session implements Bearer {
  readonly state: Store<SessionState> = createStore<SessionState>({ is: "restoring" });
  private readonly auth: Client<typeof AuthService>;
  private readonly tabs: BroadcastChannel | null;
  private access: { readonly token: string; readonly renewAt: number } | null = null;
  private renewing: Promise<void> | null = null;

  constructor(transport: Transport) {
    this.auth = createClient(AuthService, transport);
    this.tabs = "BroadcastChannel" in globalThis ? new BroadcastChannel("taskchat.session") : null;
    this.tabs?.addEventListener("message", (message: MessageEvent<News>) => this.heard(message.data));
  }

  /** Takes the session up from the cookie, if there is one. */
  async restore(): Promise<void> {
    this.access = null;
    this.state.update(() => ({ is: "restoring" }));
    try {
      await this.renew(null);
    } catch (cause) {
      const problem = toProblem(cause);
      if (problem.kind === "unauthenticated") return;
      const user = problem.transient ? recalled() : null;
      this.state.update(() => (user === null ? { is: "unknown", problem } : { is: "in", user }));
    }
  }

  async signUp(account: NewAccount): Promise<void> {
    const { email, password, timeZone } = account;
    this.begin(await call(this.auth.signUp({ email, password, timeZone }, UNARY)));
  }

  async signIn(email: string, password: string): Promise<void> {
    this.begin(await call(this.auth.signIn({ email, password }, UNARY)));
  }

  /** Ends the session everywhere. Fails when the server cannot be told; the session then goes on. */
  async signOut(): Promise<void> {
    await call(locked(() => this.auth.signOut({}, UNARY)));
    this.leave(true);
    this.tabs?.postMessage("out" satisfies News);
  }

  /** The account is no more, and with it the session. */
  erased(): void {
    this.leave(true);
    this.tabs?.postMessage("out" satisfies News);
  }

  /**
   * The bearer of one person's calls: they fail once somebody else is signed in here, since the
   * cookie, and with it the next token, is then that person's.
   */
  of(userId: string): Bearer {
    const insist = () => {
      const state = this.state.get();
      if (state.is !== "in" || state.user.id !== userId) throw signedOut();
    };
    return {
      token: async () => {
        const token = await this.token();
        insist();
        return token;
      },
      renew: async (refused) => {
        insist();
        await this.renew(refused);
      },
    };
  }

  async token(): Promise<string> {
    if (this.access === null || this.access.renewAt <= Date.now()) {
      await this.renew(this.access?.token ?? null);
    }
    if (this.access === null) throw signedOut();
    return this.access.token;
  }

  /** One renewal at a time, in this tab and among all tabs: a refresh token is good for one use. */
  async renew(refused: string | null): Promise<void> {
    // Somebody else has renewed it in the meantime.
    if (refused !== null && this.access !== null && this.access.token !== refused) return;
    this.renewing ??= this.refresh().finally(() => {
      this.renewing = null;
    });
    await this.renewing;
  }

  private async refresh(): Promise<void> {
    try {
      this.enter(await locked(() => this.auth.refresh({}, UNARY)));
    } catch (cause) {
      const problem = toProblem(cause);
      if (problem.kind === "unauthenticated") this.leave(false);
      throw problem;
    }
  }

  /** Somebody has signed in in this tab. */
  private begin(tokens: Tokens): void {
    const user = this.enter(tokens);
    this.tabs?.postMessage({ in: user.id } satisfies News);
  }

  private enter(tokens: Tokens): User {
    if (tokens.user === undefined) throw new Problem("internal", "The server did not say who signed in.");
    const life = tokens.expiresIn * 1000;
    const renewAt = Date.now() + life - Math.min(LEEWAY, life / 3);
    this.access = { token: tokens.accessToken, renewAt };
    const user = userOf(tokens.user);
    remember(user);
    this.state.update((was) =>
      was.is === "in" && was.user.id === user.id ? was : { is: "in", user },
    );
    return user;
  }

  private leave(left: boolean): void {
    this.access = null;
    remember(null);
    this.state.update((was) => (was.is === "out" ? was : { is: "out", left }));
  }

  private heard(news: News): void {
    const state = this.state.get();
    if (news === "out") this.leave(true);
    else if (state.is !== "in" || state.user.id !== news.in) void this.restore();
  }
}

/** Without locks tabs merely risk signing in again. */
function locked<T>(work: () => Promise<T>): Promise<T> {
  const locks = usableLocks();
  return locks === undefined ? work() : locks.request("taskchat.refresh", work);
}

function remember(user: User | null): void {
  kept.write(KNOWN, user === null ? null : JSON.stringify(user));
}

function recalled(): User | null {
  try {
    const user: unknown = JSON.parse(kept.read(KNOWN) ?? "null");
    return typeof user === "object" && user !== null && "id" in user ? (user as User) : null;
  } catch {
    return null;
  }
}

function signedOut(): Problem {
  return new Problem("unauthenticated", "Your session has ended. Sign in again.");
}
