// ChatService, in the page's words: streams of events, and stopping.

import { createClient, type Transport } from "@connectrpc/connect";
import { ChatService } from "../gen/taskchat/v1/chat_pb";
import type { TurnEvent as Wire } from "../gen/taskchat/v1/turn_pb";
import type { TurnEvent } from "../state/model";
import { eventOf } from "./convert/turn";
import { call, toProblem } from "./errors";
import { type Bearer, UNARY } from "./transport";

export interface Sending {
  readonly message: string;
  readonly conversationId: string | null;
  readonly requestId: string;
  readonly timeZone: string;
}

export type TurnsApi = ReturnType<typeof turnsApi>;

export function turnsApi(transport: Transport, bearer: Bearer) {
  const client = createClient(ChatService, transport);
  return {
    /** Sends a message, or finds it again by its request id, and streams its turn. */
    send({ conversationId, ...rest }: Sending, signal: AbortSignal): AsyncIterable<TurnEvent> {
      const request = { ...rest, conversationId: conversationId ?? "" };
      return events(bearer, () => client.streamChat(request, { signal }));
    },

    /** Calls `onOpen` once the server has answered, since the first event may be long in coming. */
    follow(
      turnId: string,
      after: number,
      signal: AbortSignal,
      onOpen: () => void,
    ): AsyncIterable<TurnEvent> {
      const options = { signal, onHeader: onOpen };
      return events(bearer, () => client.followTurn({ turnId, after }, options));
    },

    async cancel(turnId: string): Promise<void> {
      await call(client.cancelTurn({ turnId }, UNARY));
    },
  };
}

/**
 * The stream, opened once more when its token was refused before anything had come. Both methods are
 * safe to repeat: one by its request id, the other because it only reads.
 */
async function* events(bearer: Bearer, open: () => AsyncIterable<Wire>): AsyncGenerator<TurnEvent> {
  for (let again = false; ; again = true) {
    let begun = false;
    let token: string | null = null;
    try {
      token = await bearer.token();
      for await (const event of open()) {
        begun = true;
        yield eventOf(event);
      }
      return;
    } catch (cause) {
      const problem = toProblem(cause);
      if (again || begun || token === null || problem.kind !== "unauthenticated") throw problem;
      await call(bearer.renew(token));
    }
  }
}
