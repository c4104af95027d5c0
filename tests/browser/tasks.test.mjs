// The task list: acceptance 27 to 30 and 32.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { call, signUp as signUpByApi, start } from "../clients/server.mjs";
import { becomes, launch, signIn, titles, visit } from "./browser.mjs";

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
