// What Lighthouse says of the page, at its own slow phone: performance, accessibility, best practices.
// Printed, never asserted.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import lighthouse from "lighthouse";

import { launchKept } from "../browser/browser.mjs";
import { call, password, signUp, start } from "../clients/server.mjs";

const profile = process.env.TASKCHAT_PROFILE ?? "release";
const GOALS = { performance: 95, accessibility: 100, "best-practices": 100 };

const server = await start({ profile });
const ada = await signUp(server, "ada");
const { conversation_id: id } = await call(server, ada, "POST", "/api/chat", { message: "Add a task called buy stamps" });
await call(server, ada, "POST", "/api/chat", { message: "What do I have to do?", conversation_id: id });

const folder = await mkdtemp(join(tmpdir(), "taskchat-lighthouse-"));
const context = await launchKept(folder, ["--remote-debugging-port=0"]);
const port = Number((await readFile(join(folder, "DevToolsActivePort"), "utf8")).split("\n")[0]);

async function judge(what, path) {
  const { lhr } = await lighthouse(`${server.url}${path}`, {
    port,
    logLevel: "error",
    onlyCategories: Object.keys(GOALS),
    disableStorageReset: true,
  });
  for (const [name, goal] of Object.entries(GOALS)) {
    const score = Math.round((lhr.categories[name]?.score ?? 0) * 100);
    console.log(`${`Lighthouse, ${what}: ${name}`.padEnd(44)} ${String(score).padEnd(52)} ${goal}`);
    if (score >= goal && process.env.TASKCHAT_LIGHTHOUSE !== "all") continue;
    for (const { id: audit } of lhr.categories[name]?.auditRefs ?? []) {
      const { score: each, title, displayValue = "" } = lhr.audits[audit];
      if (each !== null && each < 1) console.log(`    ${audit} ${each}: ${title} ${displayValue}`);
    }
  }
}

try {
  await judge("sign-in", "/signin");
  const page = await context.newPage();
  await page.goto(`${server.url}/signin`);
  await page.getByLabel("E-mail").fill(ada.email);
  await page.getByLabel("Password").fill(password);
  await page.getByTestId("submit").click();
  await page.getByTestId("sidebar").waitFor();
  await page.close();
  await judge("chat", `/chat/${id}`);
  await judge("tasks", "/tasks");
} finally {
  await context.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
