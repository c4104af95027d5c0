// Chatting: acceptance 81 to 84, 114 and 115, with the built-in assistant.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { call, password, start } from "../clients/server.mjs";
import { becomes, launch, say, signIn, signUp, signUpByApi, titles, visit } from "./browser.mjs";

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

test("a sentence becomes a task, with a receipt that can be undone", async () => {
  await visit(browser, server, async (page) => {
    await signUp(page, "first");
    await page.getByTestId("new-chat").click();
    const reply = await say(page, "Add a task called Buy groceries");
    assert.match(await reply.getByTestId("assistant-text").textContent(), /Buy groceries/);
    const card = reply.getByTestId("tool-card");
    assert.equal(await card.getAttribute("data-tool"), "add_task");
    assert.equal(await card.getAttribute("data-outcome"), "changed");
    assert.match(await card.getByTestId("tool-outcome").textContent(), /Added “Buy groceries”/);
    // The panel beside it knows.
    await becomes(() => titles(page), ["Buy groceries"], "the panel");
    assert.match(new URL(page.url()).pathname, /^\/chat\/[0-9a-f-]{36}$/);

    await card.getByTestId("undo").click();
    await becomes(() => card.getByTestId("receipt").getAttribute("data-undone"), "true", "the receipt");
    await becomes(() => titles(page), [], "the panel");
    await card.getByTestId("redo").click();
    await becomes(() => titles(page), ["Buy groceries"], "the panel");

    await page.reload();
    await page.getByTestId("assistant-message").waitFor();
    assert.equal(await page.getByTestId("user-message").count(), 1);
    assert.match(await page.getByTestId("user-message").textContent(), /Add a task called Buy groceries/);
    assert.match(await page.getByTestId("tool-outcome").textContent(), /Added “Buy groceries”/);
    await becomes(() => titles(page), ["Buy groceries"], "the panel");
  });
});

test("s081 conversations are listed, begun and opened, on a phone too", async () => {
  const ada = await signUpByApi(server, "s081");
  await api(ada, "POST", "/api/chat", { message: "What do I have to do?" });
  await visit(browser, server, async (page) => {
    await signIn(page, ada.email);
    const list = page.getByTestId("sidebar").getByTestId("conversations").getByRole("link");
    await becomes(() => list.allTextContents(), ["What do I have to do?"], "the list");
    await page.getByTestId("new-chat").click();
    await say(page, "Add a task called one");
    await becomes(() => list.count(), 2, "the list");
    // A new one after a first message is a new one.
    await page.getByTestId("new-chat").click();
    assert.equal(await page.getByTestId("user-message").count(), 0);
    await say(page, "Add a task called two");
    await becomes(() => list.count(), 3, "the list");
    await list.filter({ hasText: "What do I have to do?" }).click();
    await page.getByTestId("user-message").getByText("What do I have to do?").waitFor();
    assert.equal(await page.getByTestId("user-message").count(), 1);
  });
  await visit(
    browser,
    server,
    async (page) => {
      await page.goto("/signin");
      await page.getByLabel("E-mail").fill(ada.email);
      await page.getByLabel("Password").fill(password);
      await page.getByTestId("submit").click();
      await page.getByTestId("open-conversations").click();
      const drawer = page.getByTestId("conversations-drawer");
      await drawer.getByRole("link", { name: "What do I have to do?" }).click();
      await page.getByTestId("user-message").waitFor();
      const [width, content] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
      assert.ok(content <= width, `${content} > ${width}: it scrolls sideways`);
      await page.getByTestId("open-conversations").click();
      await drawer.getByTestId("new-chat").click();
      await say(page, "Add a task called three");
      await page.getByTestId("open-tasks").click();
      await page.getByTestId("tasks-drawer").getByText("three").waitFor();
    },
    { viewport: { width: 375, height: 720 }, hasTouch: true, isMobile: true },
  );
});

test("s083 s114 a long conversation opens at its end and scrolls to its beginning", async () => {
  const ada = await signUpByApi(server, "s083");
  const first = await api(ada, "POST", "/api/chat", { message: "Add a task called number 1" });
  for (let at = 2; at <= 60; at += 1) {
    await api(ada, "POST", "/api/chat", { message: `Add a task called number ${at}`, conversation_id: first.conversation_id });
  }
  await visit(browser, server, async (page) => {
    await signIn(page, ada.email);
    const begin = Date.now();
    await page.goto(`/chat/${first.conversation_id}`);
    await page.getByTestId("user-message").getByText("Add a task called number 60", { exact: true }).waitFor();
    assert.ok(Date.now() - begin < 2000 * 3, `${Date.now() - begin} ms; the criterion is 2 s on an idle machine`);
    const messages = page.getByTestId("messages");
    const seen = new Map();
    for (let round = 0; round < 200 && !seen.has(1); round += 1) {
      for (const words of await page.getByTestId("user-message").locator("p").first().evaluateAll(() =>
        [...document.querySelectorAll("[data-testid=user-message] p")].map((it) => it.textContent))) {
        const number = Number(/number (\d+)/.exec(words)?.[1]);
        if (number) seen.set(number, true);
      }
      await messages.evaluate((box) => box.scrollBy(0, -600));
      await page.waitForTimeout(50);
    }
    assert.deepEqual([...seen.keys()].sort((a, b) => a - b), Array.from({ length: 60 }, (_, at) => at + 1));
  });
});

test("s084 a failed tool looks failed", async () => {
  await visit(browser, server, async (page) => {
    await signUp(page, "s084");
    await page.getByTestId("new-chat").click();
    const reply = await say(page, "Tick off fly to Mars");
    assert.match(await reply.getByTestId("assistant-text").textContent(), /fly to Mars/);
    for (const card of await reply.getByTestId("tool-card").all()) {
      assert.notEqual(await card.getAttribute("data-outcome"), "changed");
      assert.doesNotMatch(await card.getByTestId("tool-outcome").textContent(), /[{}]|TASK_NOT_FOUND/);
    }
  });
});

test("s115 a task's whole life by chat alone", async () => {
  await visit(browser, server, async (page) => {
    await signUp(page, "s115");
    await page.getByTestId("new-chat").click();
    await say(page, "Add a task called Water the plants");
    assert.match(await (await say(page, "What do I have to do?")).getByTestId("assistant-text").textContent(), /Water the plants/);
    await say(page, "Tick off Water the plants");
    await becomes(() => page.getByTestId("task").getAttribute("data-status"), "completed", "the task");
    await say(page, "Throw away Water the plants");
    await becomes(() => titles(page), [], "the panel");
  });
});
