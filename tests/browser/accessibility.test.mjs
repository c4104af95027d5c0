// What axe finds on each page, light and dark.

import { AxeBuilder } from "@axe-core/playwright";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { call, signUp as signUpByApi, start } from "../clients/server.mjs";
import { launch, say, signIn, visit } from "./browser.mjs";

let browser;
let server;
let ada;
before(async () => {
  server = await start();
  browser = await launch();
  ada = await signUpByApi(server, "ada");
  await call(server, ada, "POST", "/api/tasks", { title: "water the plants", priority: "high", due_date: "2027-01-01" });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

async function sound(page, where) {
  const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
  const told = violations.map((each) => `${where}: ${each.id}: ${each.nodes.map((node) => node.target.join(" ")).join("; ")}`);
  assert.deepEqual(told, []);
}

for (const colorScheme of ["light", "dark"]) {
  test(`every page in ${colorScheme}`, async () => {
    await visit(
      browser,
      server,
      async (page) => {
        await page.goto("/signin");
        await page.getByTestId("signin-form").waitFor();
        await sound(page, "sign-in");
        await signIn(page, ada.email);
        await page.getByTestId("task").first().waitFor();
        await sound(page, "tasks");
        await page.getByTestId("open-task").first().click();
        await page.getByTestId("task-form").waitFor();
        await sound(page, "a task");
        await page.keyboard.press("Escape");
        await page.getByTestId("new-chat").click();
        await sound(page, "a new chat");
        await say(page, "Add a task called buy stamps");
        await say(page, "Tick off fly to Mars");
        await sound(page, "a chat");
      },
      // axe brings its own script, which the policy has to let in.
      { colorScheme, bypassCSP: true },
    );
  });
}

test("a chat by keyboard alone", async () => {
  await visit(browser, server, async (page) => {
    await signIn(page, ada.email);
    await page.goto("/chat");
    await page.getByTestId("message-input").focus();
    await page.keyboard.type("Add a task called by keyboard");
    await page.keyboard.press("Enter");
    const undo = page.getByTestId("undo");
    await undo.waitFor();
    await page.keyboard.press("Shift+Tab");
    for (let at = 0; at < 20; at += 1) {
      if (await undo.evaluate((button) => button === document.activeElement)) break;
      await page.keyboard.press("Shift+Tab");
    }
    assert.ok(await undo.evaluate((button) => button === document.activeElement), "undo can be reached");
    await page.keyboard.press("Enter");
    await page.getByTestId("redo").waitFor();
  });
});
