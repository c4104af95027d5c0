// Start, memory and latency of the release build: measured and printed, never asserted.

import { readFile, rm, mkdtemp } from "node:fs/promises";
import { Agent, request } from "node:http";
import { createServer } from "node:http";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";

import { signUp, start } from "../clients/server.mjs";

const profile = process.env.TASKCHAT_PROFILE ?? "release";
const agent = new Agent({ keepAlive: true, maxSockets: 200 });

/** One HTTP call on a kept connection; how long it took, in ms. */
const timed = (server, method, path, token, body) =>
  new Promise((resolve, reject) => {
    const begin = performance.now();
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers = { authorization: `Bearer ${token}` };
    if (payload !== undefined) Object.assign(headers, { "content-type": "application/json", "content-length": Buffer.byteLength(payload) });
    const sent = request(`${server.url}${path}`, { agent, method, headers }, (response) => {
      response.resume();
      response.on("end", () => {
        if (response.statusCode !== 200) reject(new Error(`${path}: ${response.statusCode}`));
        else resolve(performance.now() - begin);
      });
    });
    sent.on("error", reject);
    sent.end(payload);
  });

const at = (times, share) => [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))];
const ms = (time) => `${time.toFixed(time < 10 ? 2 : 0)} ms`;
const spread = (times) => `median ${ms(at(times, 0.5))}, p95 ${ms(at(times, 0.95))}, worst ${ms(at(times, 1))}`;
const rows = [];
const tell = (what, seen, goal) => {
  rows.push([what, seen, goal]);
  console.log(`${what.padEnd(44)} ${seen.padEnd(52)} ${goal}`);
};

async function ready(data, env) {
  const begin = performance.now();
  const server = await start({ data, env, profile });
  for (;;) {
    const answer = await fetch(`${server.url}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return { server, time: performance.now() - begin };
  }
}

const memory = async (pid) => {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)[1]) / 1024;
};

const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));

/** A model that thinks for a while before it says a word. */
async function slowModel(thinking) {
  let waiting = 0;
  const server = createServer((incoming, response) => {
    incoming.resume();
    incoming.on("end", async () => {
      waiting += 1;
      response.writeHead(200, { "content-type": "text/event-stream" });
      await sleep(thinking);
      const chunk = (delta, finish_reason) => `data: ${JSON.stringify({ id: "s", object: "chat.completion.chunk", created: 1, model: "s", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
      response.end(`${chunk({ content: "At last." }, null)}${chunk({}, "stop")}data: [DONE]\n\n`);
      waiting -= 1;
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const env = {
    TASKCHAT_MODEL__PROVIDER: "openai",
    OPENAI_API_KEY: "sk-scripted",
    OPENAI_BASE_URL: `http://127.0.0.1:${server.address().port}/v1`,
    OPENAI_MODEL: "slow",
    TASKCHAT_LIMITS__CONCURRENT_TURNS: "0",
  };
  return { env, waiting: () => waiting, stop: () => server.closeAllConnections() ?? server.close() };
}

/** A model that talks until nobody listens any more; `left` says when that was. */
async function talkingModel() {
  let left = () => {};
  const server = createServer((incoming, response) => {
    incoming.resume();
    response.writeHead(200, { "content-type": "text/event-stream" });
    const chunk = { id: "t", object: "chat.completion.chunk", created: 1, model: "t", choices: [{ index: 0, delta: { content: "and " }, finish_reason: null }] };
    const talking = setInterval(() => response.write(`data: ${JSON.stringify(chunk)}\n\n`), 20);
    response.on("close", () => {
      clearInterval(talking);
      left(performance.now());
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const env = {
    TASKCHAT_MODEL__PROVIDER: "openai",
    OPENAI_API_KEY: "sk-scripted",
    OPENAI_BASE_URL: `http://127.0.0.1:${server.address().port}/v1`,
    OPENAI_MODEL: "talking",
  };
  return { env, left: () => new Promise((resolve) => (left = resolve)), stop: () => server.closeAllConnections() ?? server.close() };
}

/** Begins a turn whose answer has no end, and returns its id once some of it has come. */
async function endless(server, token) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(`${server.url}/api/chat:stream`, { method: "POST", headers, body: JSON.stringify({ message: "talk" }) });
  let text = "";
  for await (const piece of answer.body) {
    text += new TextDecoder().decode(piece);
    if (text.includes("text_delta")) break;
  }
  return /"turn_id":"([^"]+)"/.exec(text)[1];
}

const data = await mkdtemp(join(tmpdir(), "taskchat-bench-"));
console.log(`${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}, ${profile} build\n`);
console.log(`${"what".padEnd(44)} ${"seen".padEnd(52)} goal`);

// An existing database with something in it.
let { server } = await ready(data, {});
let ada = await signUp(server, "ada");
for (let n = 0; n < 100; n += 1) await timed(server, "POST", "/api/tasks", ada.token, { title: `task ${n}` });
await server.stop({ keep: true });

const starts = [];
for (let n = 0; n < 10; n += 1) {
  const run = await ready(data, {});
  starts.push(run.time);
  server = run.server;
  if (n < 9) await server.stop({ keep: true });
}
tell("ready on an existing database", spread(starts), "300 ms");
await sleep(2000);
tell("idle memory (RSS)", `${(await memory(server.pid)).toFixed(1)} MB`, "60 MB");

const turns = [];
for (let n = 0; n < 250; n += 1) {
  const time = await timed(server, "POST", "/api/chat", ada.token, { message: `Add a task called errand ${n}` });
  if (n >= 50) turns.push(time);
}
tell("offline turn with one tool call (REST)", spread(turns), "10 ms median");
const reads = [];
for (let n = 0; n < 300; n += 1) reads.push(await timed(server, "GET", "/api/tasks", ada.token));
tell("reading 50 tasks", spread(reads), "");
const writes = [];
for (let n = 0; n < 300; n += 1) writes.push(await timed(server, "POST", "/api/tasks", ada.token, { title: "x" }));
tell("adding a task", spread(writes), "");
tell("memory after that (RSS)", `${(await memory(server.pid)).toFixed(1)} MB`, "");
await server.stop({ keep: true });

// Fifty turns whose model thinks for five seconds.
const model = await slowModel(5000);
({ server } = await ready(data, model.env));
ada = await signUp(server, "ben");
for (let n = 0; n < 50; n += 1) await timed(server, "POST", "/api/tasks", ada.token, { title: `task ${n}` });
const chats = Array.from({ length: 50 }, (_, n) => timed(server, "POST", "/api/chat", ada.token, { message: `question ${n}` }));
while (model.waiting() < 50) await sleep(10);
const probes = [];
const lists = [];
while (model.waiting() === 50) {
  probes.push(await timed(server, "GET", "/readyz", ada.token));
  lists.push(await timed(server, "GET", "/api/tasks", ada.token));
  await sleep(5);
}
tell("/readyz during 50 slow turns", `${spread(probes)} (${probes.length})`, "50 ms");
tell("reading 50 tasks during 50 slow turns", `${spread(lists)} (${lists.length})`, "50 ms");
tell("the fifty slow turns themselves", spread(await Promise.all(chats)), "5000 ms + a little");
await server.stop({ keep: true });
model.stop();

// Nobody listens to an answer that was stopped.
const talking = await talkingModel();
({ server } = await ready(data, talking.env));
ada = await signUp(server, "cyd");
const stops = [];
for (let n = 0; n < 30; n += 1) {
  const turn = await endless(server, ada.token);
  const left = talking.left();
  const asked = performance.now();
  await timed(server, "POST", `/api/turns/${turn}:cancel`, ada.token);
  stops.push((await left) - asked);
}
tell("from a stop to the model's connection closing", spread(stops), "100 ms");
await server.stop();
talking.stop();
agent.destroy();
await rm(data, { recursive: true, force: true });
