// Replies as they are said, and trouble on the way: acceptance 82, 84, 109, with a scripted model.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { call, start } from "../clients/server.mjs";
import { becomes, launch, signIn, signUpByApi, titles, visit } from "./browser.mjs";
import { calls, gate, says, startModel, stops, text } from "./model.mjs";

let browser;
let model;
let server;
before(async () => {
  model = await startModel();
  server = await start({ env: model.env });
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
  ada = await signUpByApi(server, `ada${number}`);
});

/** Signed in, in a new chat. */
const chat = (act, options) =>
  visit(
    browser,
    server,
    async (page, context) => {
      await signIn(page, ada.email);
      await page.getByTestId("new-chat").click();
      await act(page, context);
    },
    options,
  );

const send = async (page, message) => {
  await page.getByTestId("message-input").fill(message);
  await page.getByTestId("message-input").press("Enter");
};

test("s082 one's own message is there at once, the reply while it is being said", async () => {
  const half = gate();
  model.say([says("The first half, "), half.wait, says("and the second."), stops]);
  await chat(async (page) => {
    await send(page, "Tell me");
    await page.getByTestId("user-message").getByText("Tell me").waitFor();
    assert.equal(await page.getByTestId("message-input").inputValue(), "");
    const reply = page.getByTestId("assistant-text");
    await becomes(async () => ((await reply.count()) > 0 ? (await reply.textContent()).trim() : ""), "The first half,", "the reply");
    assert.equal(await page.getByTestId("assistant-message").getAttribute("aria-busy"), "true");
    half.open();
    await becomes(async () => (await reply.textContent()).trim(), "The first half, and the second.", "the reply");
    await becomes(() => page.getByTestId("assistant-message").getAttribute("aria-busy"), "false", "the reply");
  });
});

test("a reply goes on after a reload", async () => {
  const half = gate();
  model.say([says("Before the reload, "), half.wait, says("and after it."), stops]);
  await chat(async (page) => {
    await send(page, "Tell me");
    await page.getByText("Before the reload,").waitFor();
    await becomes(() => /\/chat\/.+/.test(page.url()), true, "the address");
    await page.reload();
    await page.getByText("Before the reload,").waitFor();
    half.open();
    await page.getByText("Before the reload, and after it.").waitFor();
  });
});

test("a finger that goes up is not taken back by what is still being said", async () => {
  const lines = (from) => Array.from({ length: 30 }, (_, at) => says(`line ${from + at}\n\n`));
  const [more, yetMore] = [gate(), gate()];
  model.say([...lines(1), more.wait, ...lines(31), yetMore.wait, ...lines(61), stops]);
  await visit(
    browser,
    server,
    async (page, context) => {
      await signIn(page, ada.email);
      await page.goto("/chat");
      await page.getByTestId("message-input").fill("Count");
      await page.getByTestId("send").tap();
      const box = page.getByTestId("messages");
      const rest = () => box.evaluate((it) => it.scrollHeight - it.scrollTop - it.clientHeight);
      await page.getByText("line 30", { exact: true }).waitFor();
      await becomes(async () => (await rest()) < 2, true, "at the end");

      const cdp = await context.newCDPSession(page);
      const touch = (type, ...y) => cdp.send("Input.dispatchTouchEvent", { type, touchPoints: y.map((each) => ({ x: 200, y: each })) });
      await touch("touchStart", 250);
      for (let y = 255; y <= 300; y += 5) await touch("touchMove", y);
      const top = () => box.evaluate((it) => it.scrollTop);
      let place = await top();
      // The page follows the finger a little later.
      await becomes(async () => place > 0 && place === (place = await top()), true, "resting under the finger");
      more.open();
      await becomes(async () => (await rest()) > 800, true, "more below");
      assert.equal(await top(), place);
      for (let y = 305; y <= 400; y += 5) await touch("touchMove", y);
      await touch("touchEnd");
      await becomes(async () => (await top()) < place, true, "following the finger");
      // A finger that lets go while it moves throws the page on, and the next tap would only stop that.
      place = -1;
      await becomes(async () => place === (place = await top()), true, "at rest");

      await page.getByTestId("jump-to-latest").tap();
      await becomes(async () => (await rest()) < 2, true, "back at the end");
      yetMore.open();
      await page.getByText("line 90", { exact: true }).waitFor();
      await becomes(async () => (await rest()) < 2, true, "still at the end");
    },
    { viewport: { width: 390, height: 700 }, hasTouch: true, isMobile: true },
  );
});

test("a reply can be stopped", async () => {
  const never = gate();
  model.say([says("I could talk for ever "), never.wait, stops]);
  await chat(async (page) => {
    await send(page, "Tell me");
    await page.getByText("I could talk for ever").waitFor();
    await page.getByTestId("stop").click();
    await page.getByTestId("turn-cancelled").waitFor();
    never.open();
    model.say(text("Here again."));
    await send(page, "Still there?");
    await page.getByText("Here again.").waitFor();
  });
});

test("s084 tool cards: running, done, failed", async () => {
  const later = gate();
  model.say(
    calls("add_task", { title: "buy stamps" }),
    calls("complete_task", { task: "fly to Mars" }),
    [later.wait, says("Added one; the other is not there."), stops],
  );
  await chat(async (page) => {
    await send(page, "Do both");
    const cards = page.getByTestId("tool-card");
    await becomes(async () => Promise.all((await cards.all()).map((card) => card.getAttribute("data-outcome"))), ["changed", "failed"], "the cards");
    await becomes(() => titles(page), ["buy stamps"], "the panel");
    const words = await cards.nth(1).getByTestId("tool-outcome").textContent();
    assert.doesNotMatch(words, /[{}]|TASK_NOT_FOUND/);
    later.open();
    await page.getByText("the other is not there").waitFor();
  });
});

test("a failed turn says so and can be tried again", async () => {
  model.broken = true;
  await chat(async (page) => {
    await send(page, "Add buy milk");
    await page.getByTestId("turn-failed").waitFor();
    model.broken = false;
    assert.doesNotMatch(await page.getByTestId("turn-failed").textContent(), /undefined|\{|127\.0\.0\.1/);
    model.say(text("This time it works."));
    await page.getByTestId("retry-turn").click();
    await page.getByText("This time it works.").waitFor();
  });
});

test("s109 a message lost on the way is kept, and sent once", async () => {
  await chat(
    async (page, context) => {
      await context.setOffline(true);
      await send(page, "Add buy milk");
      await page.getByTestId("user-message").getByText("Add buy milk").waitFor();
      await Promise.any([page.getByTestId("send-error").waitFor(), page.getByTestId("connection-banner").waitFor()]);
      model.say(calls("add_task", { title: "buy milk" }), text("Added buy milk."));
      await context.setOffline(false);
      // It goes out by itself once the network is back, or by the button.
      const retry = page.getByTestId("retry-send");
      if (await retry.isVisible().catch(() => false)) await retry.click().catch(() => {});
      await page.getByText("Added buy milk.").waitFor();
      assert.equal(await page.getByTestId("user-message").count(), 1);
      const { conversations } = await call(server, ada, "GET", "/api/conversations");
      assert.equal(conversations.length, 1);
      const { messages } = await call(server, ada, "GET", `/api/conversations/${conversations[0].id}/messages`);
      assert.deepEqual(messages.map((message) => message.content), ["Add buy milk", "Added buy milk."]);
      assert.equal((await call(server, ada, "GET", "/api/tasks")).count, 1);
    },
    { tolerates: /ERR_INTERNET_DISCONNECTED|Failed to load resource/ },
  );
});

test("a stream that is cut is taken up again", async () => {
  const half = gate();
  model.say([says("Before the cut, "), half.wait, says("and after it."), stops]);
  await chat(
    async (page, context) => {
      await send(page, "Tell me");
      await page.getByText("Before the cut,").waitFor();
      await context.setOffline(true);
      half.open();
      await page.waitForTimeout(300);
      await context.setOffline(false);
      await page.getByText("Before the cut, and after it.").waitFor();
      assert.equal(await page.getByTestId("assistant-message").count(), 1);
    },
    { tolerates: /ERR_INTERNET_DISCONNECTED|ERR_NETWORK|Failed to load resource/ },
  );
});

test("what is typed is not lost by a reload", async () => {
  await chat(async (page) => {
    await page.getByTestId("message-input").fill("half a thought");
    await page.reload();
    await becomes(() => page.getByTestId("message-input").inputValue(), "half a thought", "the draft");
  });
});

test("what a model writes cannot harm the page", async () => {
  model.say(text('<img src=x onerror="alert(1)"> <script>alert(2)</script> ![p](https://evil.example.com/p.png) [l](javascript:alert(3)) **bold**'));
  await chat(async (page) => {
    let alerted = false;
    page.on("dialog", (dialog) => {
      alerted = true;
      void dialog.dismiss();
    });
    await send(page, "Tell me");
    await page.getByText("bold").waitFor();
    const reply = page.getByTestId("assistant-text");
    assert.equal(await reply.locator("img, script").count(), 0);
    for (const link of await reply.locator("a").all()) assert.doesNotMatch((await link.getAttribute("href")) ?? "", /^javascript:/);
    assert.equal(alerted, false);
  });
});
