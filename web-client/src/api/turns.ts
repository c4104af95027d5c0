// ChatService, in the page's words: streams of events, and stopping.

import { createClient, type Transport } from "@connectrpc/connect";
import { ChatService, Decision as Word } from "../gen/taskchat/v1/chat_pb";
import type { TurnEvent as Wire } from "../gen/taskchat/v1/turn_pb";
import type { Answer, Approval, Decision, OperationOutcome, Standing, TurnEvent } from "../state/model";
import { Problem } from "../state/problem";
import { answerOf, approvalOf, eventOf, outcomeOf, standingOf } from "./convert/turn";
import { call } from "./errors";
import { streamed } from "./stream";
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

    /**
     * Sends a message without following its turn: for one beside a turn that waits for the person. The
     * answer is whole when the message was the person's word, and else says that it is queued.
     */
    async deliver({ conversationId, ...rest }: Sending): Promise<{ turnId: string; answer: Answer }> {
      const request = { ...rest, conversationId: conversationId ?? "" };
      const response = await call(client.chat(request, UNARY));
      return { turnId: response.turnId, answer: answerOf(response) };
    },

    /** Answers an approval. The same answer again changes nothing. */
    async decide(approvalId: string, decision: Decision): Promise<Approval> {
      const word = decision === "approve" ? Word.APPROVE : Word.DENY;
      const { approval } = await call(client.decideApproval({ approvalId, decision: word }, UNARY));
      return approvalOf(given(approval));
    },

    /** Sends the message of a turn that came to nothing once more; asked twice, it is the same turn. */
    async retry(turnId: string): Promise<Standing> {
      const { turn } = await call(client.retryTurn({ turnId }, UNARY));
      return standingOf(given(turn));
    },

    /** The conversation that a turn belongs to. */
    async conversationOf(turnId: string): Promise<string> {
      const { turn } = await call(client.getTurn({ turnId }, UNARY));
      return given(turn).conversationId;
    },

    /** Takes back all that a turn did, the last first. */
    async undo(turnId: string): Promise<readonly OperationOutcome[]> {
      const { outcomes } = await call(client.undoTurn({ turnId }, UNARY));
      return outcomes.map(outcomeOf);
    },

    /** Does again what was taken back of a turn. */
    async redo(turnId: string): Promise<readonly OperationOutcome[]> {
      const { outcomes } = await call(client.redoTurn({ turnId }, UNARY));
      return outcomes.map(outcomeOf);
    },

    async cancel(turnId: string): Promise<void> {
      await call(client.cancelTurn({ turnId }, UNARY));
    },
  };
}

/** Both methods are safe to repeat: one by its request id, the other because it only reads. */
async function* events(bearer: Bearer, open: () => AsyncIterable<Wire>): AsyncGenerator<TurnEvent> {
  for await (const event of streamed(bearer, open)) yield eventOf(event);
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Problem("internal", "The server's answer was incomplete.");
  return value;
}
