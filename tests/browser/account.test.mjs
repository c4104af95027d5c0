// Getting in and staying in: acceptance 23 to 26 and 31.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { call, password, start } from "../clients/server.mjs";
import { launch, say, signIn, signUp, signUpByApi, titles, visit, visitForgetful } from "./browser.mjs";

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

test("s023 signing up lands on the tasks", async () => {
  await visit(browser, server, async (page) => {
    await signUp(page, "s023");
    assert.equal(new URL(page.url()).pathname, "/tasks");
    assert.equal(await page.getByTestId("page-title").textContent(), "Tasks");
    await page.getByTestId("no-tasks").waitFor();
    assert.match(await page.getByTestId("account").textContent(), /s023@example\.com/);
  });
});

test("s024 bad values are explained beside the form, and kept", async () => {
  await visit(browser, server, async (page) => {
    await page.goto("/signup");
    for (const [email, secret, field] of [
      ["not-an-address", password, "E-mail"],
      ["s024@example.com", "short", "Password"],
      ["s024@example.com", "password", "Password"],
    ]) {
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password").fill(secret);
      await page.getByTestId("submit").click();
      const wrong = page.getByLabel(field);
      await page.waitForFunction((label) => [...document.querySelectorAll("input")].some((it) => it.labels[0]?.textContent.includes(label) && it.getAttribute("aria-invalid") === "true"), field);
      const reason = await wrong.evaluate((input) => input.getAttribute("aria-describedby").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" "));
      assert.ok(reason.length > 5, reason);
      assert.equal(await page.getByLabel("E-mail").inputValue(), email);
      assert.equal(await page.getByLabel("Password").inputValue(), secret);
    }
    const refused = await fetch(`${server.url}/api/auth/signin`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: "s024@example.com", password: "password" }),
    });
    assert.equal(refused.status, 401);
  });
});

test("s025 signing in shows one's own data", async () => {
  const ada = await signUpByApi(server, "s025");
  await call(server, ada, "POST", "/api/tasks", { title: "water the plants" });
  await visit(browser, server, async (page) => {
    await page.goto("/signin");
    await page.getByLabel("E-mail").fill(ada.email);
    await page.getByLabel("Password").fill("not the password");
    await page.getByTestId("submit").click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Password").fill(password);
    await page.getByTestId("submit").click();
    await page.getByTestId("task").waitFor();
    assert.deepEqual(await titles(page), ["water the plants"]);
  });
});

test("s026 moving about and reloading asks for nothing again", async () => {
  await visit(browser, server, async (page, context) => {
    await signUp(page, "s026");
    for (const path of ["/tasks", "/chat", "/tasks"]) {
      await page.goto(path);
      await page.getByTestId("sidebar").waitFor();
      await page.reload();
      await page.getByTestId("sidebar").waitFor();
      assert.equal(new URL(page.url()).pathname, path);
    }
    // A second tab as well.
    const second = await context.newPage();
    await second.goto("/chat");
    await second.getByTestId("sidebar").waitFor();
    // Scripts cannot read what keeps the session.
    const readable = await page.evaluate(() => [document.cookie, ...Object.entries({ ...localStorage }), ...Object.entries({ ...sessionStorage })].join(" "));
    assert.doesNotMatch(readable, /eyJ/);
    const kept = (await context.cookies()).filter((cookie) => cookie.name.includes("refresh"));
    assert.deepEqual(kept.map((cookie) => [cookie.httpOnly, cookie.sameSite]), [[true, "Strict"]]);
  });
});

test("s031 a visitor sees the way in and nothing else", async () => {
  await visit(browser, server, async (page) => {
    for (const path of ["/", "/tasks", "/chat", "/chat/0193a000-0000-7000-8000-000000000000", "/tasks/x"]) {
      await page.goto(path);
      await page.getByTestId("signin-form").waitFor();
      assert.equal(await page.getByTestId("sidebar").count(), 0);
    }
  });
  const ada = await signUpByApi(server, "s031");
  await visit(browser, server, async (page) => {
    // Whoever was on the way somewhere gets there.
    await page.goto("/chat");
    await page.getByLabel("E-mail").fill(ada.email);
    await page.getByLabel("Password").fill(password);
    await page.getByTestId("submit").click();
    await page.getByTestId("message-input").waitFor();
    assert.equal(new URL(page.url()).pathname, "/chat");
  });
});

test("signing out ends the session everywhere on this machine", async () => {
  await signUpByApi(server, "leaver");
  await visit(browser, server, async (page, context) => {
    await signIn(page, "leaver@example.com");
    const second = await context.newPage();
    await second.goto("/tasks");
    await second.getByTestId("sidebar").waitFor();
    await page.getByTestId("account").click();
    await page.getByTestId("sign-out").click();
    await page.getByTestId("signin-form").waitFor();
    await second.getByTestId("signin-form").waitFor();
    await page.goto("/tasks");
    await page.getByTestId("signin-form").waitFor();
  });
});

test("where the browser stores nothing the page works, and says what that means", async () => {
  await visitForgetful(server, async (page) => {
    await page.goto("/signup");
    assert.equal(await page.evaluate(() => {
      try {
        return localStorage.length;
      } catch (error) {
        return error.name;
      }
    }), "SecurityError");
    await page.getByTestId("forgetful").waitFor();
    await signUp(page, "forgetful");
    await page.getByTestId("new-chat").click();
    await say(page, "add buy milk");
    await page.getByTestId("tool-outcome").getByText("buy milk").waitFor();
    // What is being written outlives moving about.
    await page.getByTestId("message-input").fill("complete buy");
    await page.getByTestId("nav-tasks").click();
    await page.getByTestId("task-title").getByText("buy milk").waitFor();
    await page.goBack();
    assert.equal(await page.getByTestId("message-input").inputValue(), "complete buy");
    // The cookie was not kept, so a new page knows nobody.
    await page.reload();
    await page.getByTestId("signin-form").waitFor();
  });
});
