// Every screen of the page, and a person whose screens are worth looking at: for the pictures of
// `make screenshots` and for the tests that look at each of them.

import { call, start } from "../clients/server.mjs";
import { keysReady, openPalette, signUpByApi } from "./browser.mjs";
import { calls, startModel, text } from "./model.mjs";

/** A server with a person who has been here for a while. */
export async function startWorld() {
  const model = await startModel();
  const server = await start({ env: { ...model.env, TASKCHAT_MODEL__FALLBACK: "false" } });
  const ada = await signUpByApi(server, "ada.lovelace");
  const api = (...request) => call(server, ada, ...request);
  const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const add = async (task) => api("POST", "/api/tasks", task);

  await add({ title: "Renew the passport", due_date: day(-2), priority: "urgent", description: "Photos are in the blue folder." });
  const flights = await add({ title: "Book flights to Lisbon", priority: "high", due_date: day(12), tags: ["travel", "family"] });
  await api("PATCH", `/api/tasks/${flights.id}`, { due_date: day(16), description: "Window seats, and one bag each. Ask whether grandmother comes along." });
  await api("PATCH", `/api/tasks/${flights.id}`, { priority: "urgent" });
  await add({ title: "Write the talk about analytical engines for the spring conference", status: "in_progress", due_date: `${day(1)}T15:30:00Z`, tags: ["work"] });
  await add({ title: "Water the plants", recurrence: "FREQ=WEEKLY;BYDAY=MO", due_date: day(3) });
  const call_ = await add({ title: "Call the dentist" });
  await api("PATCH", `/api/tasks/${call_.id}/complete`, {});
  const old = await add({ title: "Return the library books", priority: "low" });
  await api("DELETE", `/api/tasks/${old.id}`);

  /** One message and its answer; the conversation's id. */
  const talk = async (message, conversation, ...answers) => {
    model.say(...answers);
    return (await api("POST", "/api/chat", { message, ...(conversation ? { conversation_id: conversation } : {}) })).conversation_id;
  };
  const chat = await talk(
    "Put buy groceries on my list, high priority, and tick off fly to Mars",
    null,
    calls("add_task", { title: "Buy groceries", priority: "high", tags: ["home"] }),
    calls("complete_task", { task_id: "fly to Mars" }),
    text("I added **Buy groceries** with high priority.\n\nThere is no task called *fly to Mars*, so I left that one:\n\n- `Buy groceries` is due any time\n- say the word and I set a date"),
  );
  await talk("Which of them are urgent?", chat, calls("list_tasks", { priority: "urgent" }), text("Two are urgent: *Renew the passport* and *Book flights to Lisbon*."));
  for (const message of ["Plan the week", "Ideas for grandmother's birthday", "What did I finish last month?"]) {
    await talk(message, null, text("Gladly."));
  }

  await api("PATCH", "/api/users/me", { approval_policy: "always" });
  model.say(calls("delete_task", { task_id: flights.id }));
  const asking = await conversationOf(server, ada, "Forget about Lisbon, delete it");
  await api("PATCH", "/api/users/me", { approval_policy: "by_risk" });

  model.broken = true;
  const failed = await conversationOf(server, ada, "Sort my tasks by how much I like them");
  model.broken = false;

  return {
    server,
    model,
    ada,
    ids: { chat, asking, failed, flights: flights.id },
    stop: async () => {
      await server.stop();
      model.stop();
    },
  };
}

/** Sends a message that gets no whole answer; its conversation once there is one. */
async function conversationOf(server, user, message) {
  const response = await fetch(`${server.url}/api/chat:stream`, {
    method: "POST",
    headers: { authorization: `Bearer ${user.token}`, "content-type": "application/json" },
    body: JSON.stringify({ message }),
  });
  let seen = "";
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    seen += piece;
    if (/event: ?(approval_requested|failed|error)/.test(seen)) break;
  }
  const found = /"conversation_id":\s*"([^"]+)"/.exec(seen);
  if (found === null) throw new Error(`no conversation in ${seen}`);
  return found[1];
}

const seen = (id) => (page) => page.getByTestId(id).first().waitFor();
const at = (path, id) => async (page, { ids }) => {
  await page.goto(typeof path === "function" ? path(ids) : path);
  await seen(id)(page);
};

/** Before signing in. */
export const OUTSIDE = {
  "sign-in": at("/signin", "signin-form"),
  "sign-up": at("/signup", "signup-form"),
  "sign-in-refused": async (page) => {
    await page.goto("/signin");
    await page.getByLabel("E-mail").fill("ada.lovelace@example.com");
    await page.getByLabel("Password").fill("not the password");
    await page.getByTestId("submit").click();
    await page.getByRole("alert").waitFor();
  },
};

/** Signed in. */
export const INSIDE = {
  "chat-empty": at("/chat", "suggestion"),
  chat: async (page, world) => {
    await at((ids) => `/chat/${ids.chat}`, "tool-card")(page, world);
    await page.getByText("Two are urgent").waitFor();
    if ((page.viewportSize()?.width ?? 0) >= 1280) await seen("task")(page);
  },
  "chat-approval": at((ids) => `/chat/${ids.asking}`, "approval"),
  "chat-failed": at((ids) => `/chat/${ids.failed}`, "turn-failed"),
  tasks: at("/tasks", "task"),
  "tasks-nothing-matches": at("/tasks?status=completed&due=overdue", "no-matches"),
  "tasks-edit": async (page, world) => {
    await at("/tasks", "task")(page, world);
    const row = page.getByTestId("task").filter({ hasText: "Lisbon" });
    await row.getByTestId("open-task").focus();
    await page.keyboard.press("e");
    await seen("task-form")(page);
  },
  "tasks-undo": async (page, world) => {
    await call(world.server, world.ada, "POST", "/api/tasks", { title: "Sharpen the pencils" });
    await at("/tasks", "task")(page, world);
    const row = page.getByTestId("task").filter({ hasText: "pencils" });
    await row.hover();
    await row.getByTestId("delete-task").click();
    await seen("toast")(page);
  },
  task: async (page, world) => {
    await at((ids) => `/tasks/${ids.flights}`, "task-form")(page, world);
    await page.getByTestId("task-history").locator("summary").click();
    await seen("operation")(page);
  },
  "task-not-found": at("/tasks/0193a000-0000-7000-8000-000000000000", "task-not-found"),
  history: at("/tasks/history", "operation"),
  settings: async (page, world) => {
    await at("/settings", "settings")(page, world);
    await seen("session")(page);
  },
  "delete-account": async (page, world) => {
    await at("/settings", "delete-account")(page, world);
    await page.getByTestId("delete-account").click();
    await seen("confirm-delete-account")(page);
  },
  account: async (page, world) => {
    await at("/tasks", "task")(page, world);
    if (await page.getByTestId("open-conversations").isVisible()) await page.getByTestId("open-conversations").click();
    await page.getByTestId("account").filter({ visible: true }).click();
    await seen("account-dialog")(page);
  },
  sidebar: async (page, world) => {
    await at("/chat", "suggestion")(page, world);
    if (await page.getByTestId("open-conversations").isVisible()) await page.getByTestId("open-conversations").click();
    await page.getByTestId("conversation").filter({ visible: true }).first().waitFor();
  },
  palette: async (page, world) => {
    await at("/tasks", "task")(page, world);
    await openPalette(page);
    await seen("palette-option")(page);
  },
  "palette-found": async (page, world) => {
    await INSIDE.palette(page, world);
    await page.keyboard.type("pla");
    await page.getByTestId("palette-option").filter({ hasText: "Water the plants" }).waitFor();
  },
  shortcuts: async (page, world) => {
    await at("/tasks", "task")(page, world);
    await keysReady(page);
    await page.keyboard.press("?");
    await seen("shortcut-sheet")(page);
  },
  "not-found": at("/no/such/page", "page-not-found"),
};
