// Everything that a signed-in page can ask of the server.

import { type AccountApi, accountApi } from "./account";
import { type ConversationsApi, conversationsApi } from "./conversations";
import { type TasksApi, tasksApi } from "./tasks";
import { type Bearer, bearerTransport } from "./transport";
import { type TurnsApi, turnsApi } from "./turns";

export interface Api {
  readonly tasks: TasksApi;
  readonly conversations: ConversationsApi;
  readonly turns: TurnsApi;
  readonly account: AccountApi;
}

export function createApi(baseUrl: string, bearer: Bearer): Api {
  const transport = bearerTransport(baseUrl, bearer);
  return {
    tasks: tasksApi(transport, bearer),
    conversations: conversationsApi(transport),
    turns: turnsApi(transport, bearer),
    account: accountApi(transport, bearer),
  };
}
