// The caller's own account, in the page's words. Signing in and out is the session's.

import { createClient, type Transport } from "@connectrpc/connect";
import { AuthService, type User as Wire } from "../gen/taskchat/v1/auth_pb";
import type { Choices, User } from "../state/model";
import { Problem } from "../state/problem";
import { toWireChoices, userOf } from "./convert/user";
import { call } from "./errors";
import { UNARY } from "./transport";

export type AccountApi = ReturnType<typeof accountApi>;

export function accountApi(transport: Transport) {
  const client = createClient(AuthService, transport);
  return {
    async me(): Promise<User> {
      return given((await call(client.getMe({}, UNARY))).user);
    },

    async choose(choices: Partial<Choices>): Promise<User> {
      return given((await call(client.updateMe(toWireChoices(choices), UNARY))).user);
    },
  };
}

function given(user: Wire | undefined): User {
  if (user === undefined) throw new Problem("internal", "The server's answer was incomplete.");
  return userOf(user);
}
