// Asking before acting, taking back what was done, and trying again: with a scripted model.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { call, start } from "../clients/server.mjs";
import { accessible, becomes, launch, signIn, signUpByApi, titles, visit } from "./browser.mjs";
import { calls, startModel, text } from "./model.mjs";

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
  ada = await signUpByApi(server, `asked${number}`);
  model.broken = false;
});

/** Signed in, in a new chat. */
const chat = (act, options) =>
  visit(
    browser,
    server,
    async (page, context) => {
      await signIn(page, ada.email);
      await page.goto("/chat");
      await act(page, context);
    },
    options,
  );

const send = async (page, message) => {
  await page.getByTestId("message-input").fill(message);
  await page.getByTestId("message-input").press("Enter");
};

const WEEK = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].map((day) => `Run on ${day}`);

/** One step that adds all of them: more changes than are made without asking. */
const adds = (names) => {
  const pieces = names.map((title, index) => {
    const [piece] = calls("add_task", { title, priority: "high" });
    Object.assign(piece.choices[0].delta.tool_calls[0], { index, id: `add${index}` });
    return piece;
  });
  return [...pieces, calls("add_task", {})[1]];
};

const stored = async () => (await call(server, ada, "GET", "/api/tasks?page_size=100")).tasks.map((task) => task.title).toSorted();
const state = (page) => page.getByTestId("approval").getAttribute("data-state");
/** A conversation that is loaded looks like the one that was seen live, word for word. */
async function sameAfterReload(page) {
  const shown = () => page.getByTestId("messages").evaluate((it) => it.innerText);
  const live = await shown();
  await page.reload();
  await page.getByTestId("assistant-message").first().waitFor();
  await becomes(shown, live, "the conversation after a reload");
}

const phase = (page, at = 0) => page.getByTestId("assistant-message").nth(at).getAttribute("data-phase");

test("seven additions wait for a yes, also over a reload, and are made once", async () => {
  model.say(adds(WEEK), text("Your week of running is planned."));
  await chat(async (page) => {
    await send(page, "Plan a run for every day");
    const card = page.getByTestId("approval");
    await card.waitFor();
    assert.equal(await phase(page), "waiting_for_approval");
    // Nothing is done, and nothing looks as if it were under way.
    assert.deepEqual(await stored(), []);
    assert.equal(await page.getByTestId("tool-card").count(), 0);
    const asked = await card.getByTestId("approval-call").allTextContents();
    assert.deepEqual(asked, WEEK.map((title) => `Add “${title}”priorityhigh`));
    assert.match(await card.getByTestId("approval-reason").textContent(), /more than 5/);
    assert.match(await card.getByTestId("approval-time-left").textContent(), /\d+ minutes left to answer/);
    await becomes(() => page.getByTestId("announcer").first().textContent(), "The assistant asks for your approval", "the announcement");
    await accessible(page);

    await page.reload();
    await card.getByTestId("approve").waitFor();
    // With the keyboard alone.
    await card.getByTestId("approve").focus();
    await page.keyboard.press("Enter");
    await becomes(() => state(page), "approved", "the approval");
    await becomes(() => phase(page), "completed", "the turn");
    assert.match(await page.getByTestId("assistant-text").textContent(), /planned/);
    assert.equal(await page.getByTestId("receipt").count(), 7);
    assert.deepEqual(await stored(), WEEK.toSorted());
    await becomes(async () => (await titles(page)).length, 7, "the panel");
    await sameAfterReload(page);
    assert.equal(await state(page), "approved");
  });
});

test("a no changes nothing, and the assistant hears of it", async () => {
  model.say(adds(WEEK), text("As you wish."));
  await chat(async (page) => {
    await send(page, "Plan a run for every day");
    await page.getByTestId("deny").click();
    await becomes(() => state(page), "denied", "the approval");
    await becomes(() => phase(page), "completed", "the turn");
    assert.match(await page.getByTestId("approval-answer").textContent(), /Denied: 7 changes not made/);
    assert.deepEqual(await stored(), []);
    assert.equal(await page.getByTestId("receipt").count(), 0);
    const told = JSON.stringify(model.requests.at(-1).messages);
    assert.match(told, /did not allow/);
    await sameAfterReload(page);
    assert.equal(await state(page), "denied");
    assert.equal(await page.getByTestId("tool-card").count(), 0);
  });
});

test("a plain yes in the chat is the answer, too", async () => {
  model.say(adds(WEEK), text("Your week of running is planned."));
  await chat(async (page) => {
    await send(page, "Plan a run for every day");
    await page.getByTestId("approve").waitFor();
    await send(page, "Yes!");
    await becomes(() => state(page), "approved", "the approval");
    await becomes(() => phase(page, 0), "completed", "the turn");
    await becomes(() => phase(page, 1), "completed", "the answer to the yes");
    assert.deepEqual(await stored(), WEEK.toSorted());
    assert.equal(await page.getByTestId("user-message").count(), 2);
  });
});

test("an answer given elsewhere is seen here", async () => {
  model.say(adds(WEEK), text("Done."));
  await chat(async (page) => {
    await send(page, "Plan a run for every day");
    await page.getByTestId("approve").waitFor();
    const id = await page.getByTestId("approval").getAttribute("data-approval-id");
    await call(server, ada, "POST", `/api/approvals/${id}:decide`, { decision: "deny" });
    await becomes(() => state(page), "denied", "the approval");
    assert.deepEqual(await stored(), []);
  });
});

test("all that a turn did is undone and done again, save what has changed since", async () => {
  model.say(adds(WEEK.slice(0, 3)), text("Three runs."));
  await chat(async (page) => {
    await send(page, "Plan three runs");
    await page.getByTestId("undo-all").click();
    await becomes(() => page.getByTestId("undo-all-outcome").textContent(), "3 changes undone.", "the outcome");
    assert.deepEqual(await stored(), []);
    await page.getByTestId("redo-all").click();
    await becomes(() => page.getByTestId("undo-all-outcome").textContent(), "3 changes done again.", "the outcome");
    assert.deepEqual(await stored(), WEEK.slice(0, 3).toSorted());

    const { tasks } = await call(server, ada, "GET", "/api/tasks");
    const one = tasks.find((task) => task.title === WEEK[1]);
    await call(server, ada, "PATCH", `/api/tasks/${one.id}`, { title: "Swim" });
    await page.getByTestId("undo-all").click();
    await becomes(
      () => page.getByTestId("undo-all-outcome").textContent(),
      "2 undone, 1 left as it is: changed since.",
      "the outcome",
    );
    assert.match(await page.getByTestId("undo-refused").textContent(), /^Title of “Swim” has changed since\.$/);
    assert.deepEqual(await stored(), ["Swim"]);
    await accessible(page);
  });
});

test("a failed turn is tried again as one new turn", async () => {
  model.broken = true;
  await chat(async (page) => {
    await send(page, "Add a task called Buy groceries");
    await page.getByTestId("turn-failed").waitFor();
    await becomes(() => phase(page), "failed", "the turn");
    await sameAfterReload(page);
    model.broken = false;
    model.say(calls("add_task", { title: "Buy groceries" }), text("Added Buy groceries."));
    await page.getByTestId("retry-turn").click();
    await becomes(() => phase(page, 1), "completed", "the second try");
    assert.deepEqual(await page.getByTestId("user-message").locator("p").allTextContents(), [
      "Add a task called Buy groceries",
      "Add a task called Buy groceries",
    ]);
    // Once more is the same turn.
    await page.getByTestId("retry-turn").click();
    await page.getByTestId("toast").getByText("tried again already").waitFor();
    await page.reload();
    await becomes(() => page.getByTestId("assistant-message").count(), 2, "the number of answers");
    assert.deepEqual(await stored(), ["Buy groceries"]);
  });
});

test("a claim without a receipt is contradicted before it is read", async () => {
  model.say(text("I have added Buy groceries to your list."), text("I have added Buy groceries to your list."));
  await chat(async (page) => {
    await send(page, "Add a task called Buy groceries");
    const notice = page.getByTestId("notice-unbacked_claim");
    await notice.waitFor();
    assert.match(await notice.textContent(), /Nothing was changed/);
    assert.deepEqual(await stored(), []);
    await accessible(page);
    await page.reload();
    await notice.waitFor();
  });
});

test("who wants to be asked about everything is asked about everything", async () => {
  model.say(calls("add_task", { title: "Milk" }), text("Added Milk."));
  await chat(async (page) => {
    await page.goto("/settings");
    const always = page.getByTestId("approval-policy").getByRole("radio", { name: "Before every change" });
    await always.click();
    await becomes(() => always.isChecked(), true, "the choice");
    await page.getByTestId("time-zone").selectOption("Asia/Tokyo");
    const chosen = async () => {
      const me = await call(server, ada, "GET", "/api/users/me");
      return [me.approval_policy, me.time_zone];
    };
    await becomes(chosen, ["always", "Asia/Tokyo"], "the account");
    await accessible(page);
    await page.goto("/chat");
    await send(page, "Add milk");
    await page.getByTestId("approve").click();
    await becomes(stored, ["Milk"], "the tasks");
    assert.match(await page.getByTestId("approval-answer").textContent(), /Approved: 1 change$/);
  });
});
