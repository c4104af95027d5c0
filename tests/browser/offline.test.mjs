// Nothing is lost: without a network, over a bad one, in closed tabs and in several, after a session's end.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { call, password, start } from "../clients/server.mjs";
import { becomes, launch, signIn, signUpByApi, visit } from "./browser.mjs";
import { gate, says, startModel, stops, text } from "./model.mjs";
import { chance, startWire } from "./wire.mjs";

let browser;
let model;
let server;
let wire;
before(async () => {
  model = await startModel();
  server = await start({ env: model.env });
  wire = await startWire(server);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await wire?.stop();
  await server?.stop();
  model?.stop();
});

let ada;
let number = 0;
beforeEach(async () => {
  number += 1;
  ada = await signUpByApi(server, `off${number}`);
});

/** What the tests do to the network on purpose. */
const tolerates = /ERR_|Failed to load resource|Failed to fetch|network error/i;

const send = async (page, message) => {
  await page.getByTestId("message-input").fill(message);
  await page.getByTestId("message-input").press("Enter");
};

/** Until the page can do without the network. */
const kept = (page) => page.evaluate(async () => void (await navigator.serviceWorker.ready));

/** All messages that the server has, of all conversations. */
async function stored() {
  const { conversations } = await call(server, ada, "GET", "/api/conversations");
  const all = [];
  for (const { id } of conversations) {
    all.push((await call(server, ada, "GET", `/api/conversations/${id}/messages`)).messages.map((each) => each.content));
  }
  return all;
}

const shown = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("[data-testid=user-message] > p, [data-testid=assistant-text]")].map((it) => it.innerText.trim()),
  );

test("what is said offline survives a reload, and is sent once on return", async () => {
  await visit(
    browser,
    server,
    async (page, context) => {
      await signIn(page, ada.email);
      await page.getByTestId("new-chat").click();
      await page.getByTestId("message-input").waitFor();
      await kept(page);
      await context.setOffline(true);
      await send(page, "First, from the tunnel");
      await send(page, "Second, from the tunnel");
      await page.getByTestId("connection-banner").waitFor();
      await page.reload();
      // The page is there, and what was said.
      await page.getByText("First, from the tunnel").waitFor();
      await page.getByTestId("connection-banner").waitFor();
      assert.deepEqual(await shown(page), ["First, from the tunnel", "Second, from the tunnel"]);
      model.say(text("Answer one."), text("Answer two."));
      await context.setOffline(false);
      await page.getByText("Answer two.").waitFor();
      assert.deepEqual(await stored(), [["First, from the tunnel", "Answer one.", "Second, from the tunnel", "Answer two."]]);
      await page.reload();
      await page.getByText("Answer two.").waitFor();
      assert.deepEqual(await shown(page), (await stored())[0]);
    },
    { tolerates },
  );
});

test("without a network pages say so, and a change to a task is taken back", async () => {
  await call(server, ada, "POST", "/api/tasks", { title: "Water the plants" });
  await visit(
    browser,
    server,
    async (page, context) => {
      await signIn(page, ada.email);
      const box = page.getByTestId("toggle-task");
      await box.waitFor();
      await kept(page);
      await page.reload();
      await box.waitFor();
      await context.setOffline(true);
      await page.getByTestId("connection-banner").waitFor();
      await box.click();
      await page.getByTestId("toast").getByText("cannot be reached").waitFor();
      await becomes(() => box.isChecked(), false, "the box");
      // What was never read is not waited for.
      await page.getByTestId("open-history").click();
      await page.getByTestId("load-error").waitFor();
      await page.getByTestId("connection-banner").waitFor();
      await context.setOffline(false);
      await page.getByTestId("operation").waitFor();
      await page.getByTestId("connection-banner").waitFor({ state: "detached" });
    },
    { tolerates },
  );
});

test("the worker keeps the page and nothing that the server says", async () => {
  await visit(browser, server, async (page) => {
    await signIn(page, ada.email);
    await page.getByTestId("new-chat").click();
    model.say(text("A secret answer."));
    await send(page, "Tell me");
    await page.getByText("A secret answer.").waitFor();
    await kept(page);
    await page.reload();
    await page.getByText("A secret answer.").waitFor();
    assert.equal(await page.evaluate(() => navigator.serviceWorker.controller !== null), true);
    const cached = await page.evaluate(async () => {
      const found = [];
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
          found.push([new URL(request.url).pathname, await (await cache.match(request)).clone().text()]);
        }
      }
      return found;
    });
    assert.ok(cached.some(([path]) => path === "/index.html"));
    for (const [path, body] of cached) {
      assert.match(path, /^\/(assets\/[\w-]+\.(js|css)|index\.html|[\w-]+\.(js|svg|png|webmanifest))$/);
      assert.doesNotMatch(body, /A secret answer|off\d+@example/);
    }
    // No token in any storage that scripts can read.
    const storage = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    assert.doesNotMatch(storage, /eyJ|refresh/i);
  });
});

test("what a closed tab had left to send, another one sends, once", async () => {
  await visit(
    browser,
    server,
    async (page, context) => {
      await signIn(page, ada.email);
      const other = await context.newPage();
      await other.goto("/tasks");
      await other.getByTestId("sidebar").waitFor();
      const third = await context.newPage();
      await third.goto("/tasks");
      await third.getByTestId("sidebar").waitFor();
      await page.getByTestId("new-chat").click();
      await page.getByTestId("message-input").waitFor();
      await context.setOffline(true);
      await send(page, "Said in a tab that is closed");
      await page.getByTestId("send-error").waitFor();
      await page.close();
      model.say(text("Heard all the same."));
      await context.setOffline(false);
      await becomes(stored, [["Said in a tab that is closed", "Heard all the same."]], "what the server has");
      // Both lists know of it, and nobody sends it again.
      for (const tab of [other, third]) await tab.getByTestId("conversations").getByText("Said in a tab").waitFor();
      await becomes(() => other.evaluate(() => Object.keys(localStorage).filter((key) => key.includes(".outbox."))), [], "the outbox");
      assert.deepEqual(await stored(), [["Said in a tab that is closed", "Heard all the same."]]);
    },
    { tolerates },
  );
});

for (const seed of [1, 2, 3, 4]) {
  test(`a network that is cut in mid-stream neither loses nor doubles text (${seed})`, async () => {
    const random = chance(seed);
    const pieces = Array.from({ length: 60 }, (_, at) => `${at} `);
    const answer = pieces.join("").trim();
    await visit(
      browser,
      { ...server, url: wire.url },
      async (page) => {
        await signIn(page, ada.email);
        await page.getByTestId("new-chat").click();
        await page.getByTestId("message-input").waitFor();
        // Some of the cuts are before the first word, some leave the server out of reach for a while.
        const cuts = Array.from({ length: 4 }, () => Math.floor(random() * pieces.length)).toSorted((one, two) => one - two);
        const cut = async () => {
          wire.down = random() < 0.5;
          wire.cut();
          await new Promise((resolve) => setTimeout(resolve, 40 + random() * 200));
          wire.down = false;
        };
        model.say([
          ...pieces.flatMap((piece, at) => [
            ...cuts.filter((each) => each === at).map(() => cut),
            says(piece),
            () => new Promise((resolve) => setTimeout(resolve, 10)),
          ]),
          stops,
        ]);
        await send(page, "Count");
        const reply = page.getByTestId("assistant-message");
        await page.locator("[data-testid=assistant-message][data-phase=completed]").waitFor({ timeout: 30_000 });
        assert.equal(await reply.count(), 1);
        assert.equal((await page.getByTestId("assistant-text").innerText()).trim(), answer);
        const live = await page.getByTestId("messages").innerText();
        await page.reload();
        await page.locator("[data-testid=assistant-message][data-phase=completed] .prose").waitFor();
        await becomes(() => page.getByTestId("messages").innerText(), live, "a fresh load shows the same");
      },
      { tolerates },
    );
  });
}

test("two tabs on one conversation show the same, word for word", async () => {
  const half = gate();
  await visit(browser, server, async (page, context) => {
    await signIn(page, ada.email);
    await page.getByTestId("new-chat").click();
    model.say(text("Begun."));
    await send(page, "Begin");
    await page.getByText("Begun.").waitFor();
    await becomes(() => /\/chat\/.+/.test(page.url()), true, "the address");
    const other = await context.newPage();
    await other.goto(page.url());
    await other.getByText("Begun.").waitFor();
    model.say([says("Half of it, "), half.wait, says("and the rest."), stops]);
    await send(page, "Go on");
    // While it is being said, in both.
    await other.getByText("Half of it,").waitFor();
    half.open();
    await other.getByText("Half of it, and the rest.").waitFor();
    model.say(text("Yes."));
    await send(other, "Is it done?");
    await page.getByText("Yes.", { exact: true }).waitFor();
    assert.deepEqual(await shown(page), await shown(other));
    assert.deepEqual(await shown(page), (await stored())[0]);
  });
});

test("after a session's end one comes back to the same place, with what was typed", async () => {
  await visit(browser, server, async (page, context) => {
    await signIn(page, ada.email);
    await page.getByTestId("new-chat").click();
    model.say(text("Begun."));
    await send(page, "Begin");
    await page.getByText("Begun.").waitFor();
    await becomes(() => /\/chat\/.+/.test(page.url()), true, "the address");
    const { pathname } = new URL(page.url());
    await page.getByTestId("message-input").fill("half a thought");
    await context.clearCookies();
    await page.goto(`${pathname}#main`);
    await page.reload();
    await page.getByTestId("signin-form").waitFor();
    await page.getByLabel("E-mail").fill(ada.email);
    await page.getByLabel("Password").fill(password);
    await page.getByTestId("submit").click();
    await page.getByText("Begun.").waitFor();
    assert.equal(new URL(page.url()).pathname + new URL(page.url()).hash, `${pathname}#main`);
    assert.equal(await page.getByTestId("message-input").inputValue(), "half a thought");
  }, { tolerates: /401|Failed to load resource/ });
});
