// ConversationService and MessageService, in the page's words.

import { createClient, type Transport } from "@connectrpc/connect";
import {
  type Conversation as Wire,
  ConversationService,
  type SearchResult,
} from "../gen/taskchat/v1/conversation_pb";
import { MessageRole, MessageService } from "../gen/taskchat/v1/message_pb";
import type { Conversation, Finding, Message, Page } from "../state/model";
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

    async get(conversationId: string): Promise<Conversation> {
      const { conversation } = await call(conversations.getConversation({ conversationId }, UNARY));
      return conversationOf(given(conversation));
    },

    async rename(conversationId: string, title: string): Promise<Conversation> {
      const request = { conversationId, conversation: { title }, updateMask: { paths: ["title"] } };
      const { conversation } = await call(conversations.updateConversation(request, UNARY));
      return conversationOf(given(conversation));
    },

    async delete(conversationId: string): Promise<void> {
      await call(conversations.deleteConversation({ conversationId }, UNARY));
    },

    /** Takes a deletion back. */
    async restore(conversationId: string): Promise<Conversation> {
      const { conversation } = await call(conversations.restoreConversation({ conversationId }, UNARY));
      return conversationOf(given(conversation));
    },

    /** Where words were said, the best match first. */
    async search(query: string, pageToken: string, signal?: AbortSignal): Promise<Page<Finding>> {
      const options = { ...UNARY, ...(signal ? { signal } : {}) };
      const page = await call(conversations.searchConversations({ query, pageToken }, options));
      return { items: page.results.flatMap(findingOf), next: page.nextPageToken || null };
    },

    /** The latest messages, or with a token those before; oldest first. */
    async messages(conversationId: string, pageToken: string, pageSize = 0): Promise<Page<Message>> {
      const page = await call(messages.listMessages({ conversationId, pageToken, pageSize }, UNARY));
      return { items: page.messages.map(messageOf), next: page.nextPageToken || null };
    },
  };
}

function findingOf({ conversation, turnId, messageId, role, snippet, createdAt }: SearchResult): readonly Finding[] {
  if (conversation === undefined) return [];
  return [
    {
      conversation: conversationOf(conversation),
      turnId,
      messageId,
      role: role === MessageRole.ASSISTANT ? "assistant" : "user",
      snippet: snippet.map(({ text, match }) => ({ text, match })),
      at: instant(createdAt) ?? 0,
    },
  ];
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Problem("internal", "The server's answer was incomplete.");
  return value;
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
