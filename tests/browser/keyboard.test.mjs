// The page by keyboard: the task list, the palette, the sheet of shortcuts, and no key where somebody
// writes.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { call, start } from "../clients/server.mjs";
import { becomes, keysReady, launch, openPalette, say, signIn, signUpByApi, titles, visit } from "./browser.mjs";
import { lengthen } from "./long.mjs";

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

/** Signed in, with tasks of these titles, the last one on top. */
async function at(name, added, act) {
  const ada = await signUpByApi(server, name);
  for (const title of added) await api(ada, "POST", "/api/tasks", { title });
  await visit(browser, server, async (page, context) => {
    await signIn(page, ada.email);
    if (added.length > 0) await page.getByTestId("task").first().waitFor();
    await keysReady(page);
    await act(page, ada, context);
  });
}

/** The task whose row has the focus. */
const focused = (page) =>
  page.evaluate(() => document.activeElement.closest("[data-task-id]")?.querySelector("[data-testid=task-title]")?.textContent ?? null);
const announced = (page) => page.getByTestId("announcer").textContent();

test("the task list by keyboard alone", async () => {
  await at("keys", ["three", "two", "one"], async (page, ada) => {
    await page.keyboard.press("j");
    await becomes(() => focused(page), "one", "the focus");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("j");
    await becomes(() => focused(page), "three", "the focus");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    await becomes(() => focused(page), "two", "the focus");

    // Completed, the row goes down to the done ones; the focus stays with those that are open.
    await page.keyboard.press("x");
    await becomes(async () => (await stored(ada)).find(({ title }) => title === "two").status, "completed", "the task");
    await becomes(() => announced(page).then((text) => text.trim()), "Completed: two", "the announcement");
    await becomes(() => focused(page), "three", "the focus");
    await page.keyboard.press("Space");
    await becomes(async () => (await stored(ada)).find(({ title }) => title === "three").status, "completed", "the task");
    assert.equal(await page.getByTestId("task-dialog").count(), 0, "Space opens nothing");

    // Edited in place.
    await page.keyboard.press("Home");
    await becomes(() => focused(page), "one", "the focus");
    await page.keyboard.press("e");
    await page.getByTestId("task-form").waitFor();
    await page.keyboard.type("first");
    await page.keyboard.press("Enter");
    await becomes(() => focused(page), "first", "the focus");

    // Deleted, and taken back by a key.
    await page.keyboard.press("Delete");
    await becomes(async () => (await stored(ada)).length, 2, "the number of tasks");
    await page.getByTestId("toast").waitFor();
    assert.notEqual(await focused(page), null, "the focus has gone to a neighbour");
    await page.keyboard.press("z");
    await becomes(async () => (await stored(ada)).length, 3, "the number of tasks");
    await becomes(async () => (await titles(page)).length, 3, "the list");

    // A new one, and back with the arrows.
    await page.keyboard.press("n");
    await page.keyboard.type("zero x e n");
    await page.keyboard.press("Enter");
    await becomes(async () => (await titles(page))[0], "zero x e n", "the list");
    // Searched for.
    await page.locator("body").evaluate(() => document.activeElement.blur());
    await page.keyboard.press("/");
    await page.keyboard.type("zero");
    await becomes(() => titles(page), ["zero x e n"], "the list");
  });
});

test("whoever writes is not interrupted", async () => {
  await at("writer", ["milk"], async (page, ada) => {
    const text = "xnecjk?/ g t z";
    await page.goto("/chat");
    await keysReady(page);
    const field = page.getByTestId("message-input");
    await field.focus();
    await page.keyboard.type(text);
    assert.equal(await field.inputValue(), text);
    assert.equal(new URL(page.url()).pathname, "/chat");
    // An input method composes: its keys are its own, Enter and the palette's included.
    const session = await page.context().newCDPSession(page);
    await field.fill("");
    await session.send("Input.imeSetComposition", { text: "か", selectionStart: 1, selectionEnd: 1 });
    await field.evaluate((input) => {
      for (const key of ["Enter", "?", "k"]) {
        input.dispatchEvent(new KeyboardEvent("keydown", { key, ctrlKey: key === "k", bubbles: true, cancelable: true, isComposing: true }));
      }
    });
    await session.send("Input.insertText", { text: "鍵" });
    assert.equal(await page.getByRole("dialog").count(), 0);
    assert.equal(await page.getByTestId("user-message").count(), 0);
    assert.equal(await field.inputValue(), "鍵");
    await page.goto("/tasks");
    await page.getByTestId("quick-add-title").fill("x");
    await page.getByTestId("quick-add-title").press("Delete");
    assert.equal((await stored(ada)).length, 1);
  });
});

test("whoever looks something up goes on writing where they were", async () => {
  await at("resumer", [], async (page) => {
    await page.goto("/chat");
    await keysReady(page);
    const field = page.getByTestId("message-input");
    await field.fill("Buy  and milk");
    await field.evaluate((input) => input.setSelectionRange(4, 4));
    await keysReady(page);
    await page.keyboard.type("bread");
    assert.equal(await field.inputValue(), "Buy bread and milk");
  });
});

test("the palette finds commands, tasks and conversations", async () => {
  await at("finder", ["Renew the passport", "Plan the garden"], async (page, ada) => {
    await page.getByTestId("new-chat").click();
    await say(page, "Add a task called Buy a spade");
    await page.getByTestId("nav-tasks").click();
    const open = async (typed) => {
      await openPalette(page);
      await page.keyboard.type(typed);
    };
    const option = (name) => page.getByTestId("palette-option").filter({ hasText: name });

    await open("pass");
    await option("Renew the passport").waitFor();
    await becomes(() => option("Renew the passport").getAttribute("aria-selected"), "true", "the choice");
    await page.keyboard.press("Enter");
    await page.getByTestId("task-form").waitFor();
    assert.equal(await page.getByTestId("task-form").getByLabel("Title").inputValue(), "Renew the passport");
    await page.keyboard.press("Escape");
    await page.getByTestId("task-dialog").waitFor({ state: "detached" });

    await open("spade");
    await option("Add a task called").waitFor();
    await page.keyboard.press("ArrowDown");
    await becomes(() => option("Add a task called").getAttribute("aria-selected"), "true", "the choice");
    const combobox = page.getByTestId("palette-input");
    assert.equal(await combobox.getAttribute("aria-activedescendant"), await option("Add a task called").getAttribute("id"));
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/chat\/[0-9a-f-]{36}$/);

    await open("dark");
    await page.keyboard.press("Enter");
    await becomes(() => page.evaluate(() => document.documentElement.dataset.theme), "dark", "the theme");

    await open("zzzz");
    await page.getByTestId("palette-nothing").waitFor();
    // The same keys close it.
    await page.keyboard.press("Control+k");
    await page.getByTestId("palette").waitFor({ state: "detached" });

    // From far away: a new task is written on the tasks' own page.
    await page.setViewportSize({ width: 900, height: 700 });
    await page.goto("/settings");
    await page.getByTestId("session").first().waitFor();
    await open("new task");
    await page.keyboard.press("Enter");
    await becomes(() => page.evaluate(() => document.activeElement.dataset.testid), "quick-add-title", "the focus");
    await page.keyboard.type("sow");
    await page.keyboard.press("Enter");
    await becomes(async () => (await stored(ada))[0].title, "sow", "the task");
  });
});

test("letters lead about the page, until they are turned off", async () => {
  await at("walker", [], async (page) => {
    const path = () => new URL(page.url()).pathname;
    for (const [keys, wanted] of [["gs", "/settings"], ["gh", "/tasks/history"], ["gt", "/tasks"], ["c", "/chat"]]) {
      await page.locator("body").evaluate(() => document.activeElement.blur());
      for (const key of keys) await page.keyboard.press(key);
      await becomes(path, wanted, keys);
    }
    await page.locator("body").evaluate(() => document.activeElement.blur());
    await page.keyboard.press("?");
    const sheet = page.getByTestId("shortcut-sheet");
    await sheet.waitFor();
    // Behind a dialog no letter does anything.
    await page.keyboard.press("c");
    assert.equal(await sheet.count(), 1);
    for (const words of ["Complete, or take that back", "Find a command, conversation or task", "Send"]) {
      await sheet.getByText(words, { exact: true }).waitFor();
    }
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });

    await page.goto("/settings");
    await keysReady(page);
    await page.getByTestId("letters").uncheck();
    await page.locator("body").evaluate(() => document.activeElement.blur());
    await page.keyboard.press("c");
    await page.keyboard.press("?");
    await page.keyboard.press("Control+k");
    await page.getByTestId("palette").waitFor();
    assert.equal(path(), "/settings");
    assert.equal(await sheet.count(), 0);
  });
});

test("from message to message, and back to where one writes", async () => {
  await at("messages", [], async (page) => {
    await page.getByTestId("new-chat").click();
    for (const title of ["one", "two", "three"]) await say(page, `Add a task called ${title}`);
    const input = page.getByTestId("message-input");
    await input.focus();
    const here = () => page.evaluate(() => document.activeElement?.querySelector("article")?.textContent ?? document.activeElement?.dataset.testid);
    const isAt = (words) => becomes(async () => words.test(await here()), true, "the focus");
    await page.keyboard.press("Alt+ArrowUp");
    await isAt(/^taskchat answered.*three/);
    await page.keyboard.press("Alt+ArrowUp");
    await isAt(/^You said.*three/);
    await page.keyboard.press("k");
    await isAt(/^taskchat answered.*two/);
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await isAt(/^taskchat answered.*three/);
    await page.keyboard.press("j");
    await isAt(/^message-input$/);
    // What is being written has its keys for itself.
    await page.keyboard.type("jk");
    await page.keyboard.press("Alt+ArrowUp");
    await isAt(/^message-input$/);
    assert.equal(await input.inputValue(), "jk");
  });
});

test("the focus stays near the way to the latest message", async () => {
  const ada = await signUpByApi(server, "near");
  const { conversation_id: id } = await call(server, ada, "POST", "/api/chat", { message: "Add a task called one" });
  await visit(
    browser,
    server,
    async (page) => {
      await signIn(page, ada.email);
      await lengthen(page, 60, (at) => `Message ${at}, ${"which has some lines to read. ".repeat(5)}`);
      await page.goto(`/chat/${id}`);
      await page.getByText("Message 60,").waitFor();
      await page.getByTestId("messages").focus();
      await page.keyboard.press("Home");
      const latest = page.getByTestId("jump-to-latest");
      await latest.waitFor();
      await latest.focus();
      await page.keyboard.press("Enter");
      await latest.waitFor({ state: "detached" });
      assert.equal(await page.evaluate(() => document.activeElement?.dataset.testid), "messages");
    },
    { serviceWorkers: "block", tolerates: /Service Worker registration blocked/ },
  );
});
