// Somebody whose device is elsewhere: the page tells times where the account is, and says so.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { call, start } from "../clients/server.mjs";
import { accessible, becomes, launch, say, signIn, signUpByApi, visit } from "./browser.mjs";

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

/** As a person of Berlin, on a device in `timezoneId`. */
async function away(name, timezoneId, act) {
  const ada = await signUpByApi(server, name);
  await visit(
    browser,
    server,
    async (page, context) => {
      await signIn(page, ada.email);
      await act(page, ada, context);
    },
    { timezoneId },
  );
}

test("all say one time: the list, the form, the card and the assistant", async () => {
  await away("traveller", "Asia/Tokyo", async (page, ada) => {
    await page.goto("/chat");
    const reply = await say(page, "add dentist tomorrow at 23:30");
    assert.match(await reply.getByTestId("assistant-text").textContent(), /23:30/);
    assert.match(await reply.getByTestId("tool-card").textContent(), /tomorrow, 23:30/);
    await page.goto("/tasks");
    assert.match(await page.getByTestId("task-due").textContent(), /Tomorrow, 23:30/);

    const { tasks } = await call(server, ada, "GET", "/api/tasks");
    await page.getByTestId("open-task").click();
    const form = page.getByTestId("task-form");
    assert.equal(await form.getByLabel("Time").inputValue(), "23:30");
    await form.getByLabel("Time").fill("08:15");
    await form.getByTestId("save-task").click();
    await becomes(() => page.getByTestId("task-due").textContent(), "Tomorrow, 8:15", "the task");
    const [changed] = (await call(server, ada, "GET", "/api/tasks")).tasks;
    // A quarter past eight in Berlin, on the same day.
    const moved = (Date.parse(tasks[0].due_date) - Date.parse(changed.due_date)) / 60_000;
    assert.equal(moved, 15 * 60 + 15);
  });
});

test("a device elsewhere is asked about once, and may have its way", async () => {
  await away("asked", "America/New_York", async (page, ada) => {
    await call(server, ada, "POST", "/api/tasks", { title: "Call home", due_date: "2031-01-10T17:00:00Z" });
    await page.goto("/tasks");
    const due = page.getByTestId("task-due");
    const notice = page.getByTestId("zone-notice");
    await becomes(() => due.textContent(), "10 Jan 2031, 18:00", "the task");
    assert.match(await notice.textContent(), /Times are those of Berlin\. This device is in New York\./);
    await accessible(page);

    await page.getByTestId("zone-keep").click();
    await notice.waitFor({ state: "detached" });
    assert.equal(await page.evaluate(() => document.activeElement?.id), "main");
    await page.reload();
    await due.waitFor();
    await becomes(() => due.textContent(), "10 Jan 2031, 18:00", "the task");
    assert.equal(await notice.count(), 0);

    await page.goto("/settings");
    const account = async () => (await call(server, ada, "GET", "/api/users/me")).time_zone;
    await page.getByTestId("time-zone").selectOption("Asia/Tokyo");
    await becomes(account, "Asia/Tokyo", "the account");
    await page.goto("/tasks");
    await becomes(() => due.textContent(), "11 Jan 2031, 2:00", "the task");
    // What is being filled in stays the moment that it was.
    await page.getByTestId("open-task").click();
    const time = page.getByTestId("task-form").getByLabel("Time");
    assert.equal(await time.inputValue(), "02:00");
    await time.fill("03:30");
    await page.evaluate(() => document.querySelector("[data-testid=zone-change]").click());
    await becomes(() => time.inputValue(), "13:30", "the form");
    await page.getByTestId("save-task").click();
    await becomes(() => due.textContent(), "10 Jan 2031, 13:30", "the task");
    await notice.waitFor({ state: "detached" });
    await becomes(account, "America/New_York", "the account");
  });
});

test("the zone that another tab or another device turns to counts here, too", async () => {
  await away("everywhere", "Europe/Berlin", async (page, ada, context) => {
    await call(server, ada, "POST", "/api/tasks", { title: "Call home", due_date: "2031-01-10T17:00:00Z" });
    await page.goto("/tasks");
    const due = page.getByTestId("task-due");
    await becomes(() => due.textContent(), "10 Jan 2031, 18:00", "the task");
    const other = await context.newPage();
    await other.goto("/settings");
    await other.getByTestId("time-zone").selectOption("Asia/Tokyo");
    await becomes(() => due.textContent(), "11 Jan 2031, 2:00", "the task in the other tab");

    await page.reload();
    await becomes(() => due.textContent(), "11 Jan 2031, 2:00", "the task");
    await call(server, ada, "PATCH", "/api/users/me", { time_zone: "America/New_York" });
    // Somebody comes back to the tab.
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await becomes(() => due.textContent(), "10 Jan 2031, 12:00", "the task");
  });
});

test("nobody is asked where clocks agree", async () => {
  await away("neighbour", "Europe/Vienna", async (page) => {
    await page.goto("/settings");
    await page.getByText("This device is in Europe/Vienna.").waitFor();
    assert.equal(await page.getByTestId("zone-notice").count(), 0);
  });
});
