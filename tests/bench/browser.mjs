// The page in the real browser: what it weighs, how soon it can be read, and whether one can type and
// scroll in a conversation of 5,000 messages while an answer comes in. Measured and printed, never
// asserted; README.md says how each figure is taken.

import { readdir, readFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { launch } from "../browser/browser.mjs";
import { says, startModel, stops, text } from "../browser/model.mjs";
import { call, password, root, signUp, start } from "../clients/server.mjs";
import { installProbes } from "./probes.mjs";

const profile = process.env.TASKCHAT_PROFILE ?? "release";
/** Messages of the long conversation; two to a turn. */
const LONG = Number(process.env.TASKCHAT_BENCH_MESSAGES ?? 5000);

const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));
const at = (times, share) => [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))];
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const ms = (time) => `${time.toFixed(0)} ms`;
const tell = (what, seen, goal) => console.log(`${what.padEnd(44)} ${seen.padEnd(52)} ${goal}`);

const model = await startModel();
const server = await start({ env: { ...model.env, TASKCHAT_LIMITS__REQUESTS_PER_MINUTE: "0" }, profile });
const browser = await launch();
console.log(`${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}, ${profile} build, Chromium ${browser.version()}\n`);
console.log(`${"what".padEnd(44)} ${"seen".padEnd(52)} goal`);

/** A page in a profile of its own, slowed down as asked; `signedIn` has the session's cookie. */
async function open({ user, cpu = 1, net, size = { width: 1360, height: 860 } } = {}) {
  const context = await browser.newContext({ baseURL: server.url, viewport: size, serviceWorkers: "block" });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  if (user !== undefined) {
    await page.goto("/signin");
    await page.getByLabel("E-mail").fill(user.email);
    await page.getByLabel("Password").fill(password);
    await page.getByTestId("submit").click();
    await page.getByTestId("sidebar").waitFor();
  }
  if (net !== undefined) {
    await cdp.send("Network.enable");
    await cdp.send("Network.emulateNetworkConditions", { offline: false, latency: net.rtt, downloadThroughput: net.rate / 8, uploadThroughput: net.rate / 8 });
  }
  const slowDown = (rate) => cdp.send("Emulation.setCPUThrottlingRate", { rate });
  await slowDown(cpu);
  await installProbes(page);
  return { page, cdp, slowDown, close: () => context.close() };
}

/** What files of a kind the page had asked for by `until`, on its own clock. */
const loaded = (page, kind, until = Number.MAX_VALUE) =>
  page.evaluate(([ending, end]) => {
    const asked = performance.getEntriesByType("resource").filter(({ startTime }) => startTime <= end);
    return asked.map(({ name }) => new URL(name).pathname).filter((path) => path.startsWith("/assets/") && path.endsWith(ending));
  }, [kind, until]);
const dist = join(root, "web-client/dist");
async function weight(paths) {
  let sum = 0;
  for (const path of new Set(paths)) sum += gzipSync(await readFile(join(dist, path)), { level: 9 }).length;
  return sum;
}

// --- what it weighs -------------------------------------------------------------------------

const ada = await signUp(server, "ada");
{
  const { page, close } = await open();
  await page.goto("/signin", { waitUntil: "networkidle" });
  tell("JavaScript to sign in (gzip)", kb(await weight(await loaded(page, ".js"))), "120 kB");
  tell("CSS (gzip)", kb(await weight(await loaded(page, ".css"))), "12 kB");
  await close();
}

// --- first paint ----------------------------------------------------------------------------

const paint = (page) =>
  page.evaluate(() => new Promise((resolve) => {
    const seen = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
    if (seen() !== undefined) return resolve(seen());
    new PerformanceObserver(() => seen() !== undefined && resolve(seen())).observe({ type: "paint", buffered: true });
  }));
for (const [what, goal, slow] of [
  ["first contentful paint, local", "400 ms", {}],
  ["… at 1.6 Mbit/s, 150 ms, 4x CPU", "1800 ms", { cpu: 4, net: { rate: 1.6e6, rtt: 150 } }],
]) {
  const times = [];
  for (let n = 0; n < 5; n += 1) {
    const { page, close } = await open(slow);
    await page.goto("/signin");
    times.push(await paint(page));
    await close();
  }
  tell(what, `median ${ms(at(times, 0.5))}, worst ${ms(at(times, 1))}`, goal);
}

// --- a conversation of 50 messages ----------------------------------------------------------

const ANSWER = (n) => `Here is what I found for **number ${n}**:\n\n- water the plants, due on Friday\n- buy \`stamps\`, see [the post office](https://post.example.com/${n})\n\nSay the word and I take care of it.`;

async function converse(user, turns) {
  let id;
  for (let n = 1; n <= turns; n += 1) {
    model.say(text(ANSWER(n)));
    const message = `Question number ${n}, which goes on for a little while`;
    const reply = await call(server, user, "POST", "/api/chat", { message, ...(id === undefined ? {} : { conversation_id: id }) });
    id = reply.conversation_id;
  }
  return id;
}

{
  const id = await converse(ada, 25);
  // No room for the tasks beside it: the thread alone.
  const narrow = await open({ user: ada, size: { width: 1024, height: 860 } });
  await narrow.page.goto(`/chat/${id}`);
  const readable = await narrow.page.evaluate(() => globalThis.probes.readable);
  tell("JavaScript to a usable thread (gzip)", kb(await weight(await loaded(narrow.page, ".js", readable))), "185 kB");
  await narrow.close();
  // The browser keeps what it has compiled of a script once that has run a few times.
  for (const [what, before] of [["50 messages readable, 4x CPU", 0], ["… for who has been there before", 3]]) {
    const times = [];
    for (let n = 0; n < 5; n += 1) {
      const { page, slowDown, close } = await open({ user: ada });
      for (let visit = 0; visit < before; visit += 1) {
        await page.goto(`/chat/${id}`);
        await page.evaluate(() => globalThis.probes.readable);
        await sleep(1500);
      }
      await slowDown(4);
      await page.goto(`/chat/${id}`);
      times.push(await page.evaluate(() => globalThis.probes.readable));
      await close();
    }
    tell(what, `median ${ms(at(times, 0.5))}, worst ${ms(at(times, 1))}`, "700 ms");
  }
}

// --- 5,000 messages while an answer comes in --------------------------------------------------

const bob = await signUp(server, "bob");
const long = await converse(bob, LONG / 2);
for (const [cpu, frames] of [[1, 55], [4, 35]]) {
  const { page, cdp, close } = await open({ user: bob });
  await page.goto(`/chat/${long}`);
  await page.getByTestId("assistant-message").last().waitFor();
  // All of it: up to the first message, then back to the end.
  const first = page.getByTestId("user-message").getByText("Question number 1,");
  const box = page.getByTestId("messages");
  while ((await first.count()) === 0) {
    await box.evaluate((it) => (it.scrollTop = 0));
    await sleep(30);
  }
  await page.getByTestId("jump-to-latest").click();
  if (cpu > 1) await cdp.send("Emulation.setCPUThrottlingRate", { rate: cpu });
  await sleep(1000);

  const pieces = Array.from({ length: 400 }, (_, n) => (n % 40 === 39 ? ".\n\n" : n % 13 === 12 ? "**strong** " : `word${n} `));
  model.say([...pieces.flatMap((piece) => [says(piece), () => sleep(20)]), stops]);
  await page.getByTestId("message-input").fill("Go on");
  await page.getByTestId("message-input").press("Enter");
  await page.getByText("word3").last().waitFor();
  await page.evaluate(() => globalThis.probes.begin());
  for (let n = 0; n < 60; n += 1) {
    await page.keyboard.press("abcdefghij"[n % 10]);
    await sleep(60);
  }
  const { keys, fps, longest } = await page.evaluate(() => globalThis.probes.end());
  tell(`typing in ${LONG} messages while streaming, ${cpu}x`, `median ${ms(at(keys, 0.5))}, p95 ${ms(at(keys, 0.95))}, worst ${ms(at(keys, 1))}`, cpu === 4 ? "80 ms p95" : "");
  tell(`frames while streaming, ${cpu}x`, `${fps.toFixed(0)} frames/s, longest frame ${ms(longest)}`, `${frames} frames/s`);
  await cdp.send("HeapProfiler.collectGarbage");
  const { usedSize } = await cdp.send("Runtime.getHeapUsage");
  if (cpu === 4) tell(`heap with ${LONG} messages`, `${(usedSize / 1e6).toFixed(1)} MB`, "40 MB");
  await close();
}

await browser.close();
await server.stop();
model.stop();
