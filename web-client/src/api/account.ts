// The caller's own account, in the page's words. Signing in and out is the session's.

import { createClient, type Transport } from "@connectrpc/connect";
import { AuthService, type User as Wire } from "../gen/taskchat/v1/auth_pb";
import type { Choices, SignIn, User } from "../state/model";
import { Problem } from "../state/problem";
import { signInOf, toWireChoices, userOf } from "./convert/user";
import { call } from "./errors";
import { streamed } from "./stream";
import { type Bearer, UNARY } from "./transport";

export type AccountApi = ReturnType<typeof accountApi>;

export function accountApi(transport: Transport, bearer: Bearer) {
  const client = createClient(AuthService, transport);
  return {
    async me(): Promise<User> {
      return given((await call(client.getMe({}, UNARY))).user);
    },

    async choose(choices: Partial<Choices>): Promise<User> {
      return given((await call(client.updateMe(toWireChoices(choices), UNARY))).user);
    },

    /** Where the account is signed in, latest use first. */
    async signIns(): Promise<readonly SignIn[]> {
      return (await call(client.listSessions({}, UNARY))).sessions.map(signInOf);
    },

    async revoke(sessionId: string): Promise<void> {
      await call(client.revokeSession({ sessionId }, UNARY));
    },

    /** Everything the server knows of the caller, as one JSON document; `onPiece` hears how much has come. */
    async exported(signal: AbortSignal, onPiece: (bytes: number) => void): Promise<Blob> {
      const pieces: BlobPart[] = [];
      let bytes = 0;
      for await (const { data } of streamed(bearer, () => client.exportData({}, { signal }))) {
        pieces.push(data as BlobPart);
        bytes += data.length;
        onPiece(bytes);
      }
      return new Blob(pieces, { type: "application/json" });
    },

    /** Deletes the account and all that belongs to it, for good. */
    async erase(): Promise<void> {
      await call(client.deleteAccount({}, UNARY));
    },
  };
}

function given(user: Wire | undefined): User {
  if (user === undefined) throw new Problem("internal", "The server's answer was incomplete.");
  return userOf(user);
}
