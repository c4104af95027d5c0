// curl: HTTP/JSON and server-sent events.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { run } from "./run.mjs";
import { password, start } from "./server.mjs";

let server;
let session;
before(async () => {
  server = await start();
  const signedUp = await post("/api/auth/signup", { email: "ada@example.com", password });
  session = JSON.parse(signedUp.out);
});
after(() => server?.stop());

const curl = (path, ...args) => run("curl", ["--silent", "--show-error", ...args, `${server.url}${path}`]);
const post = (path, body, ...args) =>
  curl(path, "-X", "POST", "-H", "content-type: application/json", "-d", JSON.stringify(body), ...args);
const bearer = () => ["-H", `authorization: Bearer ${session.access_token}`];

test("turns a sentence into a task", async () => {
  const { code, out, err } = await post(`/api/${session.user.id}/chat`, { message: "Add a task called Buy groceries" }, ...bearer());
  assert.equal(code, 0, err);
  const reply = JSON.parse(out);
  assert.equal(reply.tool_calls[0].tool, "add_task");
  assert.equal(reply.tool_calls[0].receipt.kind, "created");
  const { out: listed } = await curl(`/api/${session.user.id}/tasks`, ...bearer());
  assert.equal(JSON.parse(listed).tasks[0].title, "Buy groceries");
});

test("streams events as they happen", async () => {
  const { out, err } = await post("/api/chat:stream", { message: "What do I have to do?" }, "--no-buffer", "-i", ...bearer());
  assert.match(out, /^HTTP\/1\.1 200/, err);
  assert.match(out, /content-type: text\/event-stream/i);
  const blocks = out.split("\r\n\r\n").slice(1).join("\r\n\r\n").split("\n\n").filter((block) => block.includes("data:"));
  const ids = blocks.map((block) => Number(/^id: ?(\d+)$/m.exec(block)[1]));
  assert.deepEqual(ids, ids.map((_, at) => at + 1));
  assert.match(blocks[0], /^event: ?started$/m);
  assert.match(blocks.at(-1), /^event: ?completed$/m);
  const turn = JSON.parse(/^data: ?(.*)$/m.exec(blocks[0])[1]).turn_id;
  const replay = await curl(`/api/turns/${turn}/events`, "-H", "last-event-id: 1", ...bearer());
  assert.ok(!/^id: ?1$/m.test(replay.out) && /^id: ?2$/m.test(replay.out), replay.out);
});

test("speaks HTTP/2 with prior knowledge, and compresses", async () => {
  const { out } = await curl("/api/users/me", "--http2-prior-knowledge", "--compressed", "-i", ...bearer());
  assert.match(out, /^HTTP\/2 200/);
  assert.match(out, /ada@example\.com/);
});

test("is refused with a problem", async () => {
  const { out } = await post(`/api/${session.user.id}/chat`, { message: "hi" }, "-i");
  assert.match(out, /^HTTP\/1\.1 401/);
  assert.match(out, /www-authenticate: Bearer/i);
  assert.match(out, /content-type: application\/problem\+json/i);
  assert.match(out, /"detail":"Not authenticated"/);
  const other = await post("/api/somebody/chat", { message: "hi" }, "-w", "%{http_code}", ...bearer());
  assert.match(other.out, /"detail":"User ID mismatch".*403$/s);
  const blank = await post(`/api/${session.user.id}/chat`, {}, "-w", "%{http_code}", ...bearer());
  assert.match(blank.out, /"detail":"message field is required".*422$/s);
});
