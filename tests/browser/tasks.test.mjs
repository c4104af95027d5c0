// The task list: acceptance 27 to 30 and 32, and what makes it a place to live in: filters, editing in
// place, the history and its ways back.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { call, start } from "../clients/server.mjs";
import { becomes, launch, openPalette, say, signIn, signUpByApi, titles, visit } from "./browser.mjs";

let browser;
let server;
before(async () => {
  server = await start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const api = (user, ...request) => call(server, user, ...request);
const stored = async (user) => (await api(user, "GET", "/api/tasks")).tasks;

test("s027 the list is the list", async () => {
  const ada = await signUpByApi(server, "s027");
  const bob = await signUpByApi(server, "s027b");
  for (const title of ["one", "two", "three"]) await api(ada, "POST", "/api/tasks", { title });
  await api(bob, "POST", "/api/tasks", { title: "not hers" });
  await visit(browser, server, async (page) => {
    await signIn(page, ada.email);
    await page.getByTestId("task").first().waitFor();
    assert.deepEqual(await titles(page), ["three", "two", "one"]);
  });
});

test("s028 a new task is there at once", async () => {
  const ada = await signUpByApi(server, "s028");
  await visit(browser, server, async (page) => {
    await signIn(page, ada.email);
    await page.getByTestId("quick-add-title").fill("buy stamps");
    await page.getByTestId("quick-add-submit").click();
    await becomes(() => titles(page), ["buy stamps"], "the list");
    assert.equal(await page.getByTestId("quick-add-title").inputValue(), "");
    assert.deepEqual((await stored(ada)).map((task) => task.title), ["buy stamps"]);
  });
});

test("s029 every field can be edited, and shows what is stored", async () => {
  const ada = await signUpByApi(server, "s029");
  const task = await api(ada, "POST", "/api/tasks", { title: "old", due_date: "2027-03-01", description: "before" });
  await visit(browser, server, async (page) => {
    await signIn(page, ada.email);
    await page.getByTestId("open-task").click();
    const form = page.getByTestId("task-form");
    assert.equal(await form.getByLabel("Due date", { exact: true }).inputValue(), "2027-03-01");
    assert.equal(await form.getByLabel("Description").inputValue(), "before");
    await form.getByLabel("Title").fill("new");
    await form.getByLabel("Description").fill("after");
    await form.getByLabel("Status").selectOption("in_progress");
    await form.getByLabel("Priority").selectOption("urgent");
    await form.getByLabel("Due date", { exact: true }).fill("2027-04-02");
    await page.getByTestId("save-task").click();
    await becomes(() => titles(page), ["new"], "the list");
    await page.reload();
    await page.getByTestId("task").waitFor();
    assert.equal(await page.getByTestId("task").getAttribute("data-status"), "in_progress");
    assert.match(await page.getByTestId("task-priority").textContent(), /Urgent/);
    const after = await api(ada, "GET", `/api/tasks/${task.id}`);
    const seen = [after.title, after.description, after.status, after.priority, after.due_date];
    assert.deepEqual(seen, ["new", "after", "in_progress", "urgent", "2027-04-02"]);

    // A bad value is explained at its field, and what was typed is kept.
    await page.getByTestId("open-task").click();
    await form.getByLabel("Title").fill("x".repeat(201));
    await page.getByTestId("save-task").click();
    await page.waitForFunction(() => document.querySelector("[data-testid=task-form] [aria-invalid=true]") !== null);
    assert.equal((await form.getByLabel("Title").inputValue()).length, 201);
    assert.deepEqual(await api(ada, "GET", `/api/tasks/${task.id}`), after);
  });
});

test("s030 ticking a task is one call", async () => {
  const ada = await signUpByApi(server, "s030");
  await api(ada, "POST", "/api/tasks", { title: "water the plants" });
  await visit(browser, server, async (page) => {
    await signIn(page, ada.email);
    await page.getByTestId("task").waitFor();
    const calls = [];
    page.on("request", (request) => {
      if (request.method() === "POST" && /TaskService\/(Complete|Update)/.test(request.url())) calls.push(request.url());
    });
    await page.getByTestId("toggle-task").check();
    await becomes(async () => (await stored(ada))[0].status, "completed", "the task");
    assert.equal(calls.length, 1, calls.join(" "));
    await becomes(() => page.getByTestId("task").getAttribute("data-status"), "completed", "the row");
    await page.getByTestId("toggle-task").uncheck();
    await becomes(async () => (await stored(ada))[0].status, "pending", "the task");
  });
});

test("a deleted task comes back by undo", async () => {
  const ada = await signUpByApi(server, "deleter");
  await api(ada, "POST", "/api/tasks", { title: "water the plants" });
  await visit(browser, server, async (page) => {
    await signIn(page, ada.email);
    await page.getByTestId("task").hover();
    await page.getByTestId("delete-task").click();
    await becomes(async () => (await stored(ada)).length, 0, "the list");
    await page.getByRole("button", { name: /^Undo/ }).click();
    await becomes(() => titles(page), ["water the plants"], "the list");
    assert.equal((await stored(ada)).length, 1);
  });
});

test("s032 somebody else's task and conversation are not found", async () => {
  const ada = await signUpByApi(server, "s032");
  const bob = await signUpByApi(server, "s032b");
  const task = await api(bob, "POST", "/api/tasks", { title: "bob's secret" });
  const reply = await api(bob, "POST", "/api/chat", { message: "Add a task called bob's other secret" });
  await visit(browser, server, async (page) => {
    await signIn(page, ada.email);
    await page.goto(`/tasks/${task.id}`);
    await page.getByTestId("task-not-found").waitFor();
    await page.goto(`/chat/${reply.conversation_id}`);
    await page.getByTestId("conversation-not-found").waitFor();
    assert.doesNotMatch(await page.content(), /secret/);
    assert.equal(await page.getByTestId("message-input").count(), 0, "no empty new chat");
    await page.goto("/no/such/page");
    await page.getByText(/not found/i).first().waitFor();
  });
});

test("what is shown is in the address, and survives a reload", async () => {
  const ada = await signUpByApi(server, "filters");
  const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  for (const task of [
    { title: "late", due_date: day(-3), priority: "low" },
    { title: "late but done", due_date: day(-3), status: "completed" },
    { title: "soon", due_date: day(3), priority: "urgent" },
    { title: "some time", priority: "urgent", status: "in_progress" },
  ]) await api(ada, "POST", "/api/tasks", task);
  await visit(browser, server, async (page) => {
    await signIn(page, ada.email);
    const shows = (...wanted) => becomes(() => titles(page), wanted, "the list");
    await shows("some time", "soon", "late", "late but done");
    await page.getByTestId("task-order").selectOption("priority desc");
    await shows("soon", "some time", "late", "late but done");
    await page.getByTestId("due-filter").selectOption("overdue");
    await shows("late");
    await page.getByTestId("due-filter").selectOption("week");
    await shows("soon");
    await page.getByTestId("due-filter").selectOption("any");
    await page.getByTestId("priority-filter").selectOption("urgent");
    await page.getByTestId("status-filter").getByText("In progress").click();
    await shows("some time");
    assert.equal(new URL(page.url()).search, "?status=in_progress&priority=urgent&sort=priority+desc");
    await page.reload();
    await shows("some time");
    assert.equal(await page.getByTestId("priority-filter").inputValue(), "urgent");
    // A task is opened and closed without losing it.
    await page.getByTestId("open-task").click();
    await page.getByTestId("task-form").waitFor();
    await page.keyboard.press("Escape");
    await shows("some time");
    await page.getByTestId("task-search").fill("nothing like it");
    await page.getByTestId("no-matches").waitFor();
    await page.getByTestId("show-all").click();
    await becomes(async () => (await titles(page)).length, 4, "the number of tasks");
  });
});

test("every field can be edited in its row", async () => {
  const ada = await signUpByApi(server, "in-place");
  const task = await api(ada, "POST", "/api/tasks", { title: "old", tags: ["home"] });
  await visit(browser, server, async (page) => {
    await signIn(page, ada.email);
    await page.getByTestId("task").hover();
    await page.getByTestId("edit-task").click();
    const form = page.getByTestId("task-form");
    assert.equal(await page.getByTestId("task-dialog").count(), 0);
    await becomes(() => form.getByLabel("Title").evaluate((input) => input === document.activeElement), true, "the focus");
    await page.keyboard.type("new");
    await form.getByLabel("Description").fill("after");
    await form.getByLabel("Status").selectOption("in_progress");
    await form.getByLabel("Priority").selectOption("low");
    await form.getByLabel("Due date", { exact: true }).fill("2027-04-02");
    await form.getByLabel("Tags").fill("home, #garden");
    await page.keyboard.press("Control+Enter");
    await becomes(() => titles(page), ["new"], "the list");
    const { title, description, status, priority, due_date, tags } = await api(ada, "GET", `/api/tasks/${task.id}`);
    assert.deepEqual(
      { title, description, status, priority, due_date, tags },
      { title: "new", description: "after", status: "in_progress", priority: "low", due_date: "2027-04-02", tags: ["home", "garden"] },
    );
    // Escape leaves everything as it was, and the focus where it came from.
    await page.getByTestId("open-task").focus();
    await page.keyboard.press("e");
    await form.getByLabel("Title").fill("something else");
    await page.keyboard.press("Escape");
    await becomes(() => titles(page), ["new"], "the list");
    await becomes(() => page.evaluate(() => document.activeElement.dataset.testid), "open-task", "the focus");
    assert.equal((await stored(ada))[0].title, "new");
  });
});

test("the history tells what happened, takes it back, and leads to the message", async () => {
  const ada = await signUpByApi(server, "historian");
  await visit(browser, server, async (page) => {
    await signIn(page, ada.email);
    await page.getByTestId("new-chat").click();
    await say(page, "Add a task called Water the plants");
    const [task] = await stored(ada);
    await api(ada, "PATCH", `/api/tasks/${task.id}`, { priority: "urgent" });
    await page.goto(`/tasks/${task.id}`);
    await page.getByTestId("task-history").locator("summary").click();
    const operations = page.getByTestId("operation");
    await becomes(() => operations.count(), 2, "the number of entries");
    assert.match(await operations.nth(0).textContent(), /priority.*medium.*urgent.*by you/);
    assert.match(await operations.nth(1).textContent(), /by the assistant/);
    await operations.nth(0).getByTestId("undo").click();
    await becomes(async () => (await stored(ada))[0].priority, "medium", "the priority");
    await becomes(() => operations.count(), 3, "the number of entries");
    await operations.nth(1).getByTestId("redo").click();
    await becomes(async () => (await stored(ada))[0].priority, "urgent", "the priority");
    await page.getByTestId("operation-message").last().click();
    await page.getByTestId("user-message").getByText("Add a task called Water the plants").waitFor();
    assert.match(page.url(), /\/chat\/[0-9a-f-]{36}#turn-[0-9a-f-]{36}$/);
    // The way back is the task, not the detour.
    await page.goBack();
    await page.getByTestId("task-form").waitFor();
  });
});

test("a task deleted long ago is restored from the history", async () => {
  const ada = await signUpByApi(server, "restorer");
  const task = await api(ada, "POST", "/api/tasks", { title: "call the dentist" });
  await api(ada, "DELETE", `/api/tasks/${task.id}`);
  await visit(browser, server, async (page) => {
    await signIn(page, ada.email);
    await page.getByTestId("no-tasks").waitFor();
    await page.getByTestId("open-history").click();
    await page.getByTestId("history-filter").getByText("Deleted").click();
    await becomes(() => page.getByTestId("operation").count(), 1, "the number of entries");
    await page.getByRole("button", { name: /^Restore/ }).click();
    await page.getByTestId("no-history").waitFor();
    assert.deepEqual((await stored(ada)).map(({ title }) => title), ["call the dentist"]);
    await page.getByTestId("nav-tasks").click();
    await becomes(() => titles(page), ["call the dentist"], "the list");
  });
});

test("a task that was changed elsewhere is not overwritten", async () => {
  const ada = await signUpByApi(server, "overtaken");
  const task = await api(ada, "POST", "/api/tasks", { title: "old" });
  await visit(browser, server, async (page) => {
    await signIn(page, ada.email);
    await page.getByTestId("open-task").click();
    const form = page.getByTestId("task-form");
    await form.getByLabel("Title").fill("mine");
    await api(ada, "PATCH", `/api/tasks/${task.id}`, { description: "theirs" });
    await page.getByTestId("take-over").click();
    assert.equal(await form.getByLabel("Title").inputValue(), "mine");
    assert.equal(await form.getByLabel("Description").inputValue(), "theirs");
    await page.getByTestId("save-task").click();
    await becomes(async () => (await stored(ada)).map(({ title, description }) => [title, description]), [["mine", "theirs"]], "the task");
  });
});

test("a list that cannot be loaded says so, and tries again", async () => {
  const ada = await signUpByApi(server, "unlucky");
  await api(ada, "POST", "/api/tasks", { title: "still there" });
  await visit(
    browser,
    server,
    async (page, context) => {
      const refuse = (route) => route.fulfill({ status: 500, body: "" });
      await context.route("**/*TaskService/ListTasks", refuse);
      // The news would have the page load the list by itself, at the moment of the click perhaps.
      await context.route("**/*TaskService/WatchTasks", refuse);
      await signIn(page, ada.email);
      await page.getByTestId("load-error").waitFor();
      await context.unroute("**/*TaskService/ListTasks");
      await page.getByRole("button", { name: "Try again" }).click();
      await becomes(() => titles(page), ["still there"], "the list");
    },
    { tolerates: /500/ },
  );
});

test("a command of the palette filters the list that is open", async () => {
  const ada = await signUpByApi(server, "palette");
  await api(ada, "POST", "/api/tasks", { title: "Water the plants", due_date: "2020-01-01" });
  await api(ada, "POST", "/api/tasks", { title: "Renew the passport" });
  await visit(browser, server, async (page) => {
    await signIn(page, ada.email);
    await becomes(async () => (await titles(page)).length, 2, "the list");
    await openPalette(page);
    await page.getByTestId("palette-input").fill("overdue");
    await page.getByTestId("palette-option").getByText("Show overdue tasks").click();
    await becomes(() => titles(page), ["Water the plants"], "the list");
    assert.equal(await page.getByTestId("due-filter").inputValue(), "overdue");
    await page.goBack();
    await becomes(async () => (await titles(page)).length, 2, "the list");
  });
});
