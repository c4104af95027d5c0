// The settings: what is chosen for the device and the account, sessions, one's data, and the end of it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { call, password, start } from "../clients/server.mjs";
import { becomes, launch, signIn, signUpByApi, visit } from "./browser.mjs";

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
const status = async (user, path) =>
  (await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${user.token}` } })).status;

async function settings(name, act, options) {
  const ada = await signUpByApi(server, name);
  await visit(
    browser,
    server,
    async (page, context) => {
      await signIn(page, ada.email);
      await page.getByTestId("account").click();
      await page.getByTestId("open-settings").click();
      await page.getByTestId("settings").waitFor();
      assert.equal(new URL(page.url()).pathname, "/settings");
      await act(page, ada, context);
    },
    options,
  );
}

test("theme and contrast hold from the first paint on", async () => {
  await settings("looks", async (page, _ada, context) => {
    const look = (of) => of.evaluate(() => ({ ...document.documentElement.dataset }));
    assert.deepEqual(await look(page), { theme: "light", contrast: "normal" });
    await page.getByTestId("theme").getByText("Dark").click();
    await page.getByTestId("contrast").getByText("High").click();
    assert.deepEqual(await look(page), { theme: "dark", contrast: "more" });
    // Other tabs follow, and a new one begins that way: no white flash.
    const second = await context.newPage();
    await second.goto("/settings", { waitUntil: "commit" });
    await second.locator("body").waitFor({ state: "attached" });
    assert.deepEqual(await look(second), { theme: "dark", contrast: "more" });
    await second.getByTestId("contrast").getByText("System").click();
    await becomes(() => look(page), { theme: "dark", contrast: "normal" }, "the first tab");
  });
  // What the system says counts until somebody chooses.
  await settings("system", async (page) => {
    assert.equal(await page.evaluate(() => document.documentElement.dataset.contrast), "more");
    await page.getByTestId("contrast").getByText("Standard").click();
    assert.equal(await page.evaluate(() => document.documentElement.dataset.contrast), "normal");
  }, { contrast: "more" });
});

test("choices of the account are kept by the server", async () => {
  await settings("chooser", async (page, ada) => {
    const policy = page.getByTestId("approval-policy");
    await policy.getByRole("radio", { name: "Before every change" }).check();
    await page.getByTestId("time-zone").selectOption("Asia/Tokyo");
    const chosen = async () => {
      const { approval_policy, time_zone } = await api(ada, "GET", "/api/users/me");
      return [approval_policy, time_zone];
    };
    await becomes(chosen, ["always", "Asia/Tokyo"], "the account");
    await page.reload();
    await becomes(() => policy.getByRole("radio", { name: "Before every change" }).isChecked(), true, "the choice");
    assert.equal(await page.getByTestId("time-zone").inputValue(), "Asia/Tokyo");
  });
});

test("a session elsewhere is ended at once, one's own is not offered", async () => {
  await settings("traveller", async (page, ada) => {
    // One by the API, one of this browser.
    await becomes(() => page.getByTestId("session").count(), 2, "the number of sessions");
    const here = page.locator("[data-testid=session][data-current=true]");
    assert.match(await here.textContent(), /Chrome on Linux.*This one/);
    assert.equal(await here.getByTestId("revoke-session").count(), 0);
    assert.equal(await status(ada, "/api/tasks"), 200);
    await page.getByTestId("revoke-session").click();
    await becomes(() => page.getByTestId("session").count(), 1, "the number of sessions");
    assert.equal(await status(ada, "/api/tasks"), 401);
    await page.reload();
    await becomes(() => page.getByTestId("session").count(), 1, "the number of sessions");
  });
});

test("all of one's data comes as one file", async () => {
  await settings("archivist", async (page, ada) => {
    await api(ada, "POST", "/api/tasks", { title: "water the plants" });
    await api(ada, "POST", "/api/chat", { message: "Add a task called buy a spade" });
    const download = page.waitForEvent("download");
    await page.getByTestId("export").click();
    const file = await download;
    assert.equal(file.suggestedFilename(), `taskchat-${ada.email}.json`);
    const data = JSON.parse(await readFile(await file.path(), "utf8"));
    const written = JSON.stringify(data);
    for (const words of [ada.email, "water the plants", "Add a task called buy a spade"]) {
      assert.ok(written.includes(words), words);
    }
    assert.doesNotMatch(written, /password|argon2/i);
  });
});

test("an account ends when its address is typed, everywhere", async () => {
  await settings("leaver", async (page, ada, context) => {
    const second = await context.newPage();
    await second.goto("/tasks");
    await second.getByTestId("page-title").waitFor();
    await page.getByTestId("delete-account").click();
    const confirm = page.getByTestId("confirm");
    assert.equal(await confirm.isDisabled(), true);
    await page.getByTestId("confirm-address").fill("somebody@example.com");
    assert.equal(await confirm.isDisabled(), true);
    await page.getByTestId("confirm-address").fill(ada.email.toUpperCase());
    await confirm.click();
    await page.getByTestId("signin-form").waitFor();
    await second.getByTestId("signin-form").waitFor();
    assert.equal(await status(ada, "/api/users/me"), 401);
    await page.goto("/tasks");
    await page.getByTestId("signin-form").waitFor();
    await page.getByLabel("E-mail").fill(ada.email);
    await page.getByLabel("Password").fill(password);
    await page.getByTestId("submit").click();
    await page.getByTestId("form-error").waitFor();
    // Nothing of the person is left on this machine.
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    assert.ok(!kept.includes(ada.email) && !kept.includes(ada.id), kept);
  });
});

test("the page can be installed", async () => {
  const get = (path) => fetch(`${server.url}${path}`);
  const page = await (await get("/")).text();
  assert.match(page, /<link rel="manifest" href="\/manifest\.webmanifest"/);
  const answer = await get("/manifest.webmanifest");
  assert.match(answer.headers.get("content-type"), /^application\/manifest\+json/);
  const manifest = await answer.json();
  assert.ok(manifest.name && manifest.start_url && manifest.display === "standalone");
  const sizes = new Set();
  for (const icon of manifest.icons) {
    const image = await get(icon.src);
    assert.equal(image.status, 200, icon.src);
    assert.equal(image.headers.get("content-type"), icon.type, icon.src);
    const bytes = Buffer.from(await image.arrayBuffer());
    if (icon.type === "image/png") {
      assert.equal(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, icon.sizes);
      sizes.add(icon.sizes);
    }
  }
  assert.deepEqual(sizes, new Set(["192x192", "512x512"]));
  // What the browser itself says about it.
  const context = await browser.newContext({ baseURL: server.url });
  const tab = await context.newPage();
  await tab.goto("/signin");
  const session = await context.newCDPSession(tab);
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  await context.close();
  assert.deepEqual(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito"), []);
});
