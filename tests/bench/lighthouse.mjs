// What Lighthouse says of the page, at its own slow phone: performance, accessibility, best practices.
// Printed, never asserted.

import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import lighthouse from "lighthouse";

import { launchKept } from "../browser/browser.mjs";
import { call, password, signUp, start } from "../clients/server.mjs";

const profile = process.env.TASKCHAT_PROFILE ?? "release";
const RUNS = Number(process.env.TASKCHAT_LIGHTHOUSE_RUNS ?? 5);
const GOALS = { performance: 95, accessibility: 100, "best-practices": 100 };

const server = await start({ profile });
const ada = await signUp(server, "ada");
const { conversation_id: id } = await call(server, ada, "POST", "/api/chat", { message: "Add a task called buy stamps" });
await call(server, ada, "POST", "/api/chat", { message: "What do I have to do?", conversation_id: id });

const folder = await mkdtemp(join(tmpdir(), "taskchat-lighthouse-"));

/**
 * A browser anew on the same profile, as Lighthouse's own command has it. In one that has shown the page
 * before, the profiler that Lighthouse starts first walks through all that is left of that, for up to
 * 0.3 s, and this counts as time the page blocks.
 */
async function browse(act) {
  const context = await launchKept(folder, ["--remote-debugging-port=0"]);
  try {
    return await act(context);
  } finally {
    await context.close();
  }
}

async function look(path) {
  const told = join(folder, "DevToolsActivePort");
  await rm(told, { force: true });
  return browse(async () => {
    for (let tries = 0; !existsSync(told); tries += 1) {
      if (tries > 200) throw new Error("Chromium does not say where it can be joined");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { lhr } = await lighthouse(`${server.url}${path}`, {
      port: Number((await readFile(told, "utf8")).split("\n")[0]),
      logLevel: "error",
      onlyCategories: Object.keys(GOALS),
      disableStorageReset: true,
      // The page listens to news for as long as it is open, so the network never falls silent.
      maxWaitForLoad: 15_000,
    });
    const { pathname } = new URL(lhr.finalDisplayedUrl);
    if (pathname !== path) throw new Error(`Lighthouse was led from ${path} to ${pathname}`);
    return lhr;
  });
}

/** Several runs, since one says little: what else the machine did at the time counts as the page's own work. */
async function judge(what, path) {
  const runs = [];
  for (let n = 0; n < RUNS; n += 1) {
    const lhr = await look(path);
    // What Lighthouse could not find out says nothing of the page.
    const failed = Object.values(lhr.audits).filter(({ scoreDisplayMode }) => scoreDisplayMode === "error");
    if (failed.length === 0) runs.push(lhr);
    else console.log(`    one run failed: ${failed.map(({ id: audit, errorMessage }) => `${audit} (${errorMessage})`).join(", ")}`);
  }
  if (runs.length === 0) throw new Error(`Lighthouse failed every time at ${path}`);
  for (const [name, goal] of Object.entries(GOALS)) {
    const score = (lhr) => Math.round((lhr.categories[name]?.score ?? 0) * 100);
    const sorted = runs.toSorted((one, other) => score(one) - score(other));
    const median = sorted[Math.floor(runs.length / 2)];
    const seen = `median ${score(median)}, of ${sorted.map(score).join(", ")}`;
    console.log(`${`Lighthouse, ${what}: ${name}`.padEnd(44)} ${seen.padEnd(52)} ${goal}`);
    if (score(median) >= goal && process.env.TASKCHAT_LIGHTHOUSE !== "all") continue;
    for (const { id: audit } of median.categories[name]?.auditRefs ?? []) {
      const { score: each, title, displayValue = "" } = median.audits[audit];
      if (each !== null && each < 1) console.log(`    ${audit} ${each}: ${title} ${displayValue}`);
    }
  }
  const speed = runs.map(({ environment }) => environment.benchmarkIndex).toSorted((one, other) => one - other);
  console.log(`    the machine's own speed, by Lighthouse's index: ${speed.map(Math.round).join(", ")}`);
}

try {
  await judge("sign-in", "/signin");
  await browse(async (context) => {
    const page = await context.newPage();
    await page.goto(`${server.url}/signin`);
    await page.getByLabel("E-mail").fill(ada.email);
    await page.getByLabel("Password").fill(password);
    await page.getByTestId("submit").click();
    await page.getByTestId("sidebar").waitFor();
    await page.close();
  });
  await judge("chat", `/chat/${id}`);
  await judge("tasks", "/tasks");
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
