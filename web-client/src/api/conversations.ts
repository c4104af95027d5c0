// ConversationService and MessageService, in the page's words.

import { createClient, type Transport } from "@connectrpc/connect";
import { type Conversation as Wire, ConversationService } from "../gen/taskchat/v1/conversation_pb";
import { MessageService } from "../gen/taskchat/v1/message_pb";
import type { Conversation, Message, Page } from "../state/model";
import { Problem } from "../state/problem";
import { instant } from "./convert/time";
import { messageOf } from "./convert/turn";
import { call } from "./errors";
import { UNARY } from "./transport";

export type ConversationsApi = ReturnType<typeof conversationsApi>;

export function conversationsApi(transport: Transport) {
  const conversations = createClient(ConversationService, transport);
  const messages = createClient(MessageService, transport);
  return {
    async list(pageToken: string): Promise<Page<Conversation>> {
      const page = await call(conversations.listConversations({ pageToken }, UNARY));
      return { items: page.conversations.map(conversationOf), next: page.nextPageToken || null };
    },

    async rename(conversationId: string, title: string): Promise<Conversation> {
      const request = { conversationId, conversation: { title }, updateMask: { paths: ["title"] } };
      const { conversation } = await call(conversations.updateConversation(request, UNARY));
      if (conversation === undefined) throw new Problem("internal", "The server's answer was incomplete.");
      return conversationOf(conversation);
    },

    async delete(conversationId: string): Promise<void> {
      await call(conversations.deleteConversation({ conversationId }, UNARY));
    },

    /** The latest messages, or with a token those before; oldest first. */
    async messages(conversationId: string, pageToken: string): Promise<Page<Message>> {
      const page = await call(messages.listMessages({ conversationId, pageToken }, UNARY));
      return { items: page.messages.map(messageOf), next: page.nextPageToken || null };
    },
  };
}

function conversationOf(conversation: Wire): Conversation {
  const { id, title, createdAt, updatedAt } = conversation;
  return {
    id,
    title,
    createdAt: instant(createdAt) ?? 0,
    updatedAt: instant(updatedAt) ?? 0,
  };
}
