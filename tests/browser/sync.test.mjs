// Tasks in step everywhere: two tabs, two devices, and changes that come through other doors show
// within a second, by one stream per browser.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { call, start } from "../clients/server.mjs";
import { becomes, launch, signIn, signUpByApi, titles, visit } from "./browser.mjs";

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

/** How long the change of `act` takes to show on all pages, in milliseconds. */
async function shown(pages, wanted, act) {
  const began = Date.now();
  await act();
  const acted = Date.now();
  await Promise.all(pages.map((page) => becomes(() => titles(page), wanted, "the list")));
  return Date.now() - Math.max(began, acted);
}

/** Counts the streams of tasks that are open now; those of a closed tab are closed. */
function streams(context) {
  const open = new Set();
  context.on("request", (request) => request.url().includes("WatchTasks") && open.add(request));
  for (const end of ["requestfinished", "requestfailed"]) context.on(end, (request) => open.delete(request));
  return () => [...open].filter((request) => !request.frame().page().isClosed()).length;
}

test("what happens elsewhere shows within a second", async () => {
  const ada = await signUpByApi(server, "in-step");
  await visit(browser, server, async (page, context) => {
    const open = streams(context);
    await signIn(page, ada.email);
    await page.getByTestId("no-tasks").waitFor();
    const second = await context.newPage();
    await second.goto("/chat");
    await second.getByTestId("tasks-panel").waitFor();
    await second.getByTestId("no-tasks").waitFor();
    await becomes(open, 1, "the number of streams");
    const both = [page, second];
    let task;
    const changes = [
      [["milk"], async () => (task = await api(ada, "POST", "/api/tasks", { title: "milk" }))],
      [["oat milk"], () => api(ada, "PATCH", `/api/tasks/${task.id}`, { title: "oat milk" })],
      // By the assistant, in a conversation that neither tab has open.
      [["bread", "oat milk"], () => api(ada, "POST", "/api/chat", { message: "Add a task called bread" })],
      [["bread"], () => api(ada, "DELETE", `/api/tasks/${task.id}`)],
    ];
    for (const [wanted, act] of changes) {
      const took = await shown(both, wanted, act);
      assert.ok(took < 1000, `${wanted} took ${took} ms`);
    }
    assert.equal(open(), 1, "one stream for both tabs");

    // The tab that listens is closed: the other one carries on, and has missed nothing.
    await page.close();
    const took = await shown([second], ["eggs", "bread"], () => api(ada, "POST", "/api/tasks", { title: "eggs" }));
    assert.ok(took < 2000, `eggs took ${took} ms`);
    await becomes(open, 1, "the number of streams");
  });
});

test("an open task follows, and says so over what is being typed", async () => {
  const ada = await signUpByApi(server, "followed");
  const task = await api(ada, "POST", "/api/tasks", { title: "milk" });
  await visit(browser, server, async (page) => {
    await signIn(page, ada.email);
    await page.getByTestId("open-task").click();
    await page.getByTestId("task-form").getByLabel("Title").fill("my milk");
    await api(ada, "PATCH", `/api/tasks/${task.id}`, { priority: "urgent" });
    await page.getByTestId("take-over").waitFor();
    assert.equal(await page.getByTestId("task-form").getByLabel("Title").inputValue(), "my milk");
    await api(ada, "DELETE", `/api/tasks/${task.id}`);
    await page.getByTestId("no-tasks").waitFor({ state: "attached" });
  });
});

test("what happened during an outage is there after it", async () => {
  const ada = await signUpByApi(server, "cut-off");
  await visit(
    browser,
    server,
    async (page, context) => {
      await signIn(page, ada.email);
      await page.getByTestId("no-tasks").waitFor();
      await context.setOffline(true);
      for (const title of ["one", "two", "three"]) await api(ada, "POST", "/api/tasks", { title });
      await context.setOffline(false);
      await becomes(() => titles(page), ["three", "two", "one"], "the list");
    },
    { tolerates: /ERR_INTERNET_DISCONNECTED|Failed to load resource/ },
  );
});

test("undone elsewhere, a receipt in a chat offers to redo", async () => {
  const ada = await signUpByApi(server, "undone");
  await visit(browser, server, async (page) => {
    await signIn(page, ada.email);
    await page.goto("/chat");
    await page.getByTestId("message-input").fill("Add a task called bread");
    await page.getByTestId("send").click();
    await page.getByTestId("undo").waitFor();
    const { operations } = await api(ada, "GET", "/api/operations");
    await api(ada, "POST", `/api/operations/${operations[0].id}:undo`, {});
    await page.getByTestId("redo").waitFor();
  });
});
