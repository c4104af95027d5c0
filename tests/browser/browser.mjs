// A real browser on the built page, and what every test insists on: no error in the console, no
// breach of the content security policy, no uncaught exception.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

import { password, signUp as signUpIn } from "../clients/server.mjs";

/** Where the browsers are, and the people at them. */
const ZONE = "Europe/Berlin";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

const args = [
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  // Nothing but the page under test.
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
];

/** Starts the browser. A missing one is a failure, not a reason to skip. */
export async function launch() {
  assert.ok(executablePath, "Chromium is not installed: run make test");
  return chromium.launch({ executablePath, args });
}

/** Starts it with one profile, kept in a folder: settings of the browser, tools that join it by its debugging port. */
export async function launchKept(folder, more = [], options = {}) {
  assert.ok(executablePath, "Chromium is not installed: run make test");
  return chromium.launchPersistentContext(folder, { executablePath, args: [...args, ...more], ...options });
}

const usual = (server) => ({
  baseURL: server.url,
  viewport: { width: 1360, height: 860 },
  reducedMotion: "reduce",
  locale: "en-GB",
  timezoneId: ZONE,
});

/**
 * Runs `act` in a fresh browser profile and fails on anything the page complains about.
 *
 * `tolerates` is a pattern of complaints that the test causes on purpose.
 */
export async function visit(browser, server, act, { tolerates, ...options } = {}) {
  await watched(await browser.newContext({ ...usual(server), ...options }), server, act, tolerates);
}

/** The same in a browser of its own that may store nothing for any site: no cookies, no storage, no locks. */
export async function visitForgetful(server, act, { tolerates } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "taskchat-browser-"));
  try {
    await mkdir(join(folder, "Default"));
    const blocked = { profile: { default_content_setting_values: { cookies: 2 } } };
    await writeFile(join(folder, "Default/Preferences"), JSON.stringify(blocked));
    await watched(await launchKept(folder, [], usual(server)), server, act, tolerates);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function watched(context, server, act, tolerates) {
  context.setDefaultTimeout(15_000);
  const complaints = [];
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  context.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(`console: ${message.text()}`);
  });
  context.on("weberror", (error) => complaints.push(`uncaught: ${error.error().stack || error.error()} at ${error.page()?.url()}`));
  const outside = [];
  context.on("request", (request) => {
    if (!request.url().startsWith(server.url) && !/^(data|blob|about):/.test(request.url())) outside.push(request.url());
  });
  try {
    const page = await context.newPage();
    await act(page, context);
  } catch (error) {
    const pages = context.pages();
    if (pages[0] && process.env.TASKCHAT_SHOT) await pages[0].screenshot({ path: process.env.TASKCHAT_SHOT }).catch(() => {});
    if (complaints.length > 0) error.message += `\nthe page complained:\n${complaints.join("\n")}`;
    throw error;
  } finally {
    await context.close();
  }
  const unexpected = complaints.filter((complaint) => !tolerates?.test(complaint));
  assert.deepEqual(unexpected, [], "the page complained");
  assert.deepEqual(outside, [], "the page asked other servers");
}

/** Makes an account through the form; ends where signed-in people end. */
export async function signUp(page, name) {
  await page.goto("/signup");
  await page.getByLabel("E-mail").fill(`${name}@example.com`);
  await page.getByLabel("Password").fill(password);
  await page.getByTestId("submit").click();
  // Hidden in narrow windows.
  await page.getByTestId("sidebar").waitFor({ state: "attached" });
}

/** Makes an account behind the page. */
export const signUpByApi = (server, name) => signUpIn(server, name, ZONE);

/** Fails on anything that axe finds. */
export async function accessible(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`), []);
}

/** Signs in through the form. */
export async function signIn(page, email) {
  await page.goto("/signin");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByTestId("submit").click();
  // Hidden in narrow windows.
  await page.getByTestId("sidebar").waitFor({ state: "attached" });
}

/** Sends a message and waits for the end of its answer; the answer's article. */
export async function say(page, message) {
  const before = await page.getByTestId("assistant-message").count();
  await page.getByTestId("message-input").fill(message);
  await page.getByTestId("send").click();
  const reply = page.getByTestId("assistant-message").nth(before);
  await reply.waitFor();
  await page.waitForFunction(
    (at) => document.querySelectorAll("[data-testid=assistant-message]")[at]?.getAttribute("aria-busy") === "false",
    before,
  );
  return reply;
}

/** Opens the command palette by its keys, which count a moment after the page is there. */
export async function openPalette(page) {
  const palette = page.getByTestId("palette-input");
  for (let tries = 0; (await palette.count()) === 0; tries += 1) {
    assert.ok(tries < 100, "the palette opens");
    await page.keyboard.press("Control+k");
    // Long enough for a busy machine: the same keys close it again.
    await palette.waitFor({ timeout: 1000 }).catch(() => {});
  }
}

/** Waits until the keys of the page count. */
export async function keysReady(page) {
  await openPalette(page);
  await page.keyboard.press("Escape");
  await page.getByTestId("palette").waitFor({ state: "detached" });
}

/** The titles in the task list, as shown. */
export const titles = (page) => page.getByTestId("task-title").allTextContents();

/** Waits until `read` gives `wanted`. */
export async function becomes(read, wanted, what = "it") {
  const end = Date.now() + 10_000;
  for (;;) {
    const seen = await read();
    try {
      assert.deepEqual(seen, wanted);
      return;
    } catch (error) {
      if (Date.now() > end) {
        error.message = `${what} did not become what was wanted\n${error.message}`;
        throw error;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
