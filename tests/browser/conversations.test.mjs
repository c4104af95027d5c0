// The list of conversations and the way around in them: search, renaming, deleting and taking that back,
// addresses of single messages, the reader's place, editing and copying.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { call, start } from "../clients/server.mjs";
import { becomes, launch, signIn, signUpByApi, visit } from "./browser.mjs";
import { lengthen } from "./long.mjs";
import { gate, says, startModel, stops, text } from "./model.mjs";

let browser;
let model;
let server;
before(async () => {
  model = await startModel();
  server = await start({ env: { ...model.env, TASKCHAT_LIMITS__REQUESTS_PER_MINUTE: "0" } });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
  model?.stop();
});

let ada;
let number = 0;
beforeEach(async () => {
  number += 1;
  ada = await signUpByApi(server, `conv${number}`);
});

/** A conversation of `[said, answered]` pairs, by the API; its id. */
async function converse(pairs) {
  let id;
  for (const [said, answered] of pairs) {
    model.say(text(answered));
    id = (await call(server, ada, "POST", "/api/chat", { message: said, ...(id ? { conversation_id: id } : {}) })).conversation_id;
  }
  return id;
}

const long = (turns) =>
  converse(Array.from({ length: turns }, (_, at) => [`Question ${at + 1}`, `Answer ${at + 1}.\n\nIt goes on\n\nfor a few lines.`]));

const send = async (page, message) => {
  await page.getByTestId("message-input").fill(message);
  await page.getByTestId("message-input").press("Enter");
};

/** The article that stands in the middle of what can be seen. */
const inSight = (page, words) =>
  page.getByText(words, { exact: true }).evaluate((it) => {
    const box = document.querySelector("[data-testid=messages]").getBoundingClientRect();
    const own = it.getBoundingClientRect();
    return own.top >= box.top && own.bottom <= box.bottom;
  });

test("what was said is found, marked, and opened where it was said", async () => {
  const id = await long(70);
  await converse([["Where is <b>the umbrella</b>?", "In the hall."]]);
  await visit(browser, server, async (page) => {
    await signIn(page, ada.email);
    const search = page.getByTestId("conversation-search");
    await search.fill("umbrel");
    const finding = page.getByTestId("finding").first();
    await finding.waitFor();
    assert.match(await finding.textContent(), /Where is <b>the umbrella<\/b>\?/);
    assert.deepEqual(await finding.locator("mark").allTextContents().then((all) => all.map((each) => each.toLowerCase())), ["umbrella"]);
    await becomes(() => page.getByTestId("announcer").textContent().then((words) => /found/.test(words)), true, "what is announced");
    await search.fill("nothing like that was ever said");
    await page.getByTestId("nothing-found").waitFor();
    // Far up in a long conversation, by keyboard: older pages are read until it is there.
    await search.fill("Question 3");
    await page.getByTestId("finding").filter({ hasText: /Question 3(?!\d)/ }).first().focus();
    await page.keyboard.press("Enter");
    await page.locator("[data-marked]").getByText("Question 3", { exact: true }).waitFor();
    await becomes(() => inSight(page, "Question 3"), true, "where it was scrolled to");
    assert.equal(new URL(page.url()).pathname, `/chat/${id}`);
    // The cursor is there as well.
    assert.equal(await page.evaluate(() => document.activeElement?.querySelector("p")?.textContent), "Question 3");
    await search.press("Escape");
    await page.getByTestId("conversations").waitFor();
  });
});

test("an address of one message leads to it, also for whoever was not signed in", async () => {
  const id = await long(40);
  const { messages } = await call(server, ada, "GET", `/api/conversations/${id}/messages?page_size=200`);
  const turn = messages.find((each) => each.content === "Question 5").turn_id;
  await visit(
    browser,
    server,
    async (page) => {
      await page.goto(`/chat/${id}#reply-${turn}`);
      await page.getByTestId("signin-form").waitFor();
      await page.getByLabel("E-mail").fill(ada.email);
      await page.getByLabel("Password").fill("a quiet harbour 42");
      await page.getByTestId("submit").click();
      await page.locator("[data-marked]").getByText("Answer 5.", { exact: true }).waitFor();
      await becomes(() => inSight(page, "Answer 5."), true, "where it was scrolled to");
      // One that is not there says so, and shows the conversation.
      await page.goto(`/chat/${id}#turn-00000000-0000-7000-8000-000000000000`);
      await page.getByTestId("toast").getByText("not in this conversation").waitFor();
    },
    { tolerates: /401|Failed to load resource/ },
  );
});

test("a conversation is renamed, deleted, and brought back", async () => {
  const id = await converse([["What about tea?", "Green or black."]]);
  await converse([["What about coffee?", "Always."]]);
  await visit(browser, server, async (page, context) => {
    await signIn(page, ada.email);
    const other = await context.newPage();
    await other.goto(`/chat/${id}`);
    await other.getByText("Green or black.").waitFor();
    await page.goto(`/chat/${id}`);
    await page.getByText("Green or black.").waitFor();
    await page.getByTestId("message-input").fill("half a thought");
    const item = page.getByTestId("conversation").filter({ hasText: "tea" });
    await item.hover();
    await item.getByTestId("rename-conversation").click();
    await page.getByTestId("conversation-title").fill("Tea, mostly");
    await page.keyboard.press("Enter");
    await page.getByTestId("page-title").getByText("Tea, mostly").waitFor();
    await other.getByTestId("page-title").getByText("Tea, mostly").waitFor();

    const renamed = page.getByTestId("conversation").filter({ hasText: "Tea" });
    await renamed.hover();
    await renamed.getByTestId("delete-conversation").click();
    await becomes(() => new URL(page.url()).pathname, "/chat", "the address");
    await becomes(() => page.getByTestId("conversation").count(), 1, "the list");
    // The focus is not lost with the row.
    assert.notEqual(await page.evaluate(() => document.activeElement?.tagName), "BODY");
    await other.getByTestId("conversation-not-found").waitFor();
    await page.getByTestId("toast").getByRole("button", { name: "Undo" }).click();
    await page.getByText("Green or black.").waitFor();
    assert.equal(new URL(page.url()).pathname, `/chat/${id}`);
    assert.equal(await page.getByTestId("message-input").inputValue(), "half a thought");
    await becomes(() => page.getByTestId("conversation").count(), 2, "the list");
    await other.getByText("Green or black.").waitFor();
  });
});

test("every conversation is found where it was left", async () => {
  const first = await long(30);
  const second = await converse([["Hello", "Good day."]]);
  await visit(browser, server, async (page) => {
    await signIn(page, ada.email);
    const go = (id) => page.getByTestId("conversations").locator(`[data-conversation-id="${id}"]`).getByRole("link").click();
    await go(first);
    await page.getByText("Answer 30.").waitFor();
    await page.getByTestId("messages").hover();
    await page.mouse.wheel(0, -2500);
    await page.getByTestId("jump-to-latest").waitFor();
    const top = () =>
      page.evaluate(() => {
        const box = document.querySelector("[data-testid=messages]").getBoundingClientRect();
        const row = [...document.querySelectorAll("[data-testid$=-message]")].find((it) => it.getBoundingClientRect().bottom > box.top + 1);
        return [row.innerText.slice(0, 40), Math.round(row.getBoundingClientRect().top - box.top)];
      });
    // Where it comes to rest.
    let left;
    await becomes(async () => {
      const before = left;
      left = await top();
      return JSON.stringify(before) === JSON.stringify(left);
    }, true, "the wheel");
    await go(second);
    await page.getByText("Good day.").waitFor();
    await go(first);
    await page.getByTestId("messages").getByText(left[0].split("\n").at(-1)).first().waitFor();
    // To the pixel, give or take one.
    await becomes(async () => {
      const [words, at] = await top();
      return [words, Math.abs(at - left[1]) <= 2 ? left[1] : at];
    }, left, "the place");
    await page.getByTestId("jump-to-latest").click();
    await becomes(() => inSight(page, "Answer 30."), true, "the end");
  });
});

test("a long talk stays at its end and in order while what is older goes into the list", async () => {
  const id = await long(10);
  await visit(browser, server, async (page) => {
    await signIn(page, ada.email);
    await page.goto(`/chat/${id}`);
    const box = page.getByTestId("messages");
    const outside = () => box.evaluate((it) => it.lastElementChild.childElementCount);
    await becomes(outside, 20, "the rows below the list");
    for (let at = 11; at <= 21; at += 1) {
      model.say(text(`Answer ${at}.\n\nIt goes on\n\nfor a few lines.`));
      await send(page, `Question ${at}`);
      await page.getByText(`Answer ${at}.`, { exact: true }).waitFor();
      await page.locator("article[aria-busy=true]").waitFor({ state: "detached" });
      await becomes(() => box.evaluate((it) => Math.abs(it.scrollHeight - it.scrollTop - it.clientHeight) <= 1), true, "that the end is in sight");
    }
    assert.equal(await outside(), 22, "at forty, the older half has gone into the list");
    // From the end to the beginning, all that comes into sight.
    const seen = new Map();
    await becomes(async () => {
      for (const [key, words] of await box.evaluate((it) => [...it.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, row.querySelector("article p").innerText]))) seen.set(key, words);
      await box.evaluate((it) => it.scrollBy(0, -300));
      return box.evaluate((it) => it.scrollTop);
    }, 0, "the beginning");
    const expected = Array.from({ length: 21 }, (_, at) => [`Question ${at + 1}`, `Answer ${at + 1}.`]).flat();
    assert.deepEqual([...seen.values()].toSorted(), expected.toSorted());
    const order = await box.evaluate((it) => [...it.querySelectorAll("[data-row]")].map((row) => [row.getBoundingClientRect().top, row.querySelector("article p").innerText]));
    const tops = order.toSorted(([one], [other]) => one - other).map(([, words]) => words);
    assert.deepEqual(tops, expected.filter((words) => tops.includes(words)));
  });
});

test("on a phone, a finding in the open conversation is not left behind the drawer", async () => {
  const id = await long(8);
  await visit(
    browser,
    server,
    async (page) => {
      await signIn(page, ada.email);
      await page.goto(`/chat/${id}`);
      await page.getByText("Answer 8.").waitFor();
      await page.getByTestId("open-conversations").click();
      const drawer = page.getByTestId("conversations-drawer");
      await drawer.getByTestId("conversation-search").fill("Question 2");
      await drawer.getByTestId("finding").filter({ hasText: /Question 2(?!\d)/ }).first().click();
      await drawer.waitFor({ state: "detached" });
      await becomes(() => inSight(page, "Question 2"), true, "where it was scrolled to");
    },
    { viewport: { width: 360, height: 740 } },
  );
});

test("earlier messages that cannot be loaded are asked for once, and again when somebody wants that", async () => {
  const id = await converse([["Hello", "Good day."]]);
  await visit(
    browser,
    server,
    async (page) => {
      await signIn(page, ada.email);
      await lengthen(page, 400, (at) => `Message ${at}, ${"which has some lines to read. ".repeat(5)}`);
      await page.goto(`/chat/${id}`);
      await page.getByText("Message 400,").waitFor();
      let asked = 0;
      const refuse = (route) => {
        asked += 1;
        return route.abort();
      };
      const url = "**/taskchat.v1.MessageService/ListMessages";
      await page.route(url, refuse);
      const box = page.getByTestId("messages");
      // While it opens, what comes in front pushes down what is in sight.
      await becomes(async () => {
        await box.evaluate((it) => (it.scrollTop = 0));
        return page.getByTestId("older-failed").count();
      }, 1, "the alert");
      for (let at = 0; at < 5; at += 1) {
        await box.evaluate((it, by) => it.scrollBy(0, by), at % 2 === 0 ? 300 : -300);
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      }
      assert.equal(asked, 1);
      assert.equal(await page.getByTestId("toast").count(), 0);
      await page.unroute(url, refuse);
      const first = await page.locator("[data-testid=messages] article").first().innerText();
      await page.getByTestId("older-failed").getByRole("button").click();
      await page.getByTestId("older-failed").waitFor({ state: "detached" });
      await becomes(async () => (await page.locator("[data-testid=messages] article").first().innerText()) !== first, true, "the messages");
    },
    { serviceWorkers: "block", tolerates: /Service Worker registration blocked|ERR_FAILED|Failed to load resource/ },
  );
});

test("a message is said once more in other words, and copied", async () => {
  await visit(
    browser,
    server,
    async (page, context) => {
      await context.grantPermissions(["clipboard-read", "clipboard-write"]);
      await signIn(page, ada.email);
      await page.getByTestId("new-chat").click();
      model.say(text("Added milk.\n\n```js\nconst milk = 'oat';\n```"));
      await send(page, "Add buy milk");
      const said = page.getByTestId("user-message").first();
      await page.getByText("Added milk.").waitFor();
      await page.locator(".hljs-keyword").getByText("const").waitFor();
      await page.getByTestId("copy-code").click();
      await becomes(() => page.evaluate(() => navigator.clipboard.readText()), "const milk = 'oat';", "the clipboard");
      await said.hover();
      await said.getByTestId("copy-message").click();
      await becomes(() => page.evaluate(() => navigator.clipboard.readText()), "Add buy milk", "the clipboard");
      await page.getByTestId("message-input").fill("something else");
      await said.getByTestId("edit-message").click();
      await page.getByTestId("editing").getByText("new message").waitFor();
      assert.equal(await page.getByTestId("message-input").inputValue(), "Add buy milk");
      model.say(text("Oat milk it is."));
      await send(page, "Add buy oat milk");
      await page.getByText("Oat milk it is.").waitFor();
      assert.deepEqual(await page.getByTestId("user-message").locator("> p").allTextContents(), ["Add buy milk", "Add buy oat milk"]);
      assert.equal(await page.getByTestId("message-input").inputValue(), "something else");
    },
  );
});

test("Enter that ends a composition sends nothing, and one reply is announced once", async () => {
  await visit(browser, server, async (page, context) => {
    await signIn(page, ada.email);
    await page.getByTestId("new-chat").click();
    const input = page.getByTestId("message-input");
    await input.focus();
    const cdp = await context.newCDPSession(page);
    await cdp.send("Input.imeSetComposition", { text: "にほんご", selectionStart: 4, selectionEnd: 4 });
    // What browsers report for the Enter that takes a suggestion.
    await cdp.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Process", code: "Enter", windowsVirtualKeyCode: 229 });
    await cdp.send("Input.insertText", { text: "日本語" });
    await cdp.send("Input.dispatchKeyEvent", { type: "keyUp", key: "Enter", code: "Enter", windowsVirtualKeyCode: 13 });
    assert.equal(await page.getByTestId("user-message").count(), 0);
    assert.equal(await input.inputValue(), "日本語");
    await page.evaluate(() => {
      globalThis.told = [];
      new MutationObserver(() => told.push(document.querySelector("[data-testid=announcer]").textContent.trim())).observe(
        document.querySelector("[data-testid=announcer]"),
        { childList: true, characterData: true, subtree: true },
      );
    });
    const half = gate();
    model.say([says("One "), half.wait, says("two "), says("three."), stops]);
    await input.press("Enter");
    await page.getByTestId("assistant-text").getByText("One").waitFor();
    half.open();
    await page.getByTestId("assistant-text").getByText("One two three.").waitFor();
    await becomes(() => page.evaluate(() => told.filter((words) => words === "Answer complete").length), 1, "what is announced");
    // Phases only, never the text.
    assert.deepEqual(await page.evaluate(() => [...new Set(told)]), ["Assistant is answering", "Answer complete"]);
  });
});
