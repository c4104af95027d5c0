// grpcurl 1.8.6: an old client that asks for reflection v1alpha.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { documents, grpcurl, run } from "./run.mjs";
import { call, signUp, start } from "./server.mjs";

let server;
let ada;
before(async () => {
  server = await start();
  ada = await signUp(server, "ada");
});
after(() => server?.stop());

const ask = (...args) => run(grpcurl, ["-plaintext", ...args]);
const as = (user) => ["-H", `authorization: Bearer ${user.token}`];

const services = ["Auth", "Chat", "Conversation", "Message", "Task"].map((noun) => `taskchat.v1.${noun}Service`);

test("lists the services", async () => {
  const { code, out, err } = await ask(server.address, "list");
  assert.equal(code, 0, err);
  for (const service of [...services, "grpc.health.v1.Health"]) assert.ok(out.split("\n").includes(service), out);
});

test("describes a service with its HTTP rules, and a message", async () => {
  const service = await ask(server.address, "describe", "taskchat.v1.ChatService");
  assert.equal(service.code, 0, service.err);
  assert.match(service.out, /rpc StreamChat \( \.taskchat\.v1\.StreamChatRequest \) returns \( stream \.taskchat\.v1\.TurnEvent \)/);
  assert.match(service.out, /google\.api\.http/);
  assert.match(service.out, /\/api\/\{user_id\}\/chat/);
  const message = await ask(server.address, "describe", "taskchat.v1.Task");
  assert.equal(message.code, 0, message.err);
  assert.match(message.out, /string title = 3;/);
});

test("asks for the health of every service", async () => {
  for (const service of ["", ...services]) {
    const { code, out, err } = await ask("-d", JSON.stringify({ service }), server.address, "grpc.health.v1.Health/Check");
    assert.equal(code, 0, err);
    assert.deepEqual(JSON.parse(out), { status: "SERVING" });
  }
  const unknown = await ask("-d", '{"service":"nobody"}', server.address, "grpc.health.v1.Health/Check");
  assert.equal(unknown.code, 64 + 5, unknown.err);
});

test("turns a sentence into a task", async () => {
  const request = JSON.stringify({ user_id: ada.id, message: "Add a task called Buy groceries" });
  const { code, out, err } = await ask(...as(ada), "-d", request, server.address, "taskchat.v1.ChatService/Chat");
  assert.equal(code, 0, err);
  const reply = JSON.parse(out);
  assert.equal(reply.toolCalls[0].tool, "add_task");
  assert.equal(reply.toolCalls[0].receipt.kind, "RECEIPT_KIND_CREATED");
  const listed = await ask(...as(ada), server.address, "taskchat.v1.TaskService/ListTasks");
  assert.equal(JSON.parse(listed.out).tasks[0].title, "Buy groceries");
  assert.equal((await call(server, ada, "GET", "/api/tasks")).tasks[0].title, "Buy groceries");
});

test("reads a stream to its end", async () => {
  const request = JSON.stringify({ message: "What do I have to do?" });
  const { code, out, err } = await ask(...as(ada), "-d", request, server.address, "taskchat.v1.ChatService/StreamChat");
  assert.equal(code, 0, err);
  const events = documents(out);
  assert.ok(events[0].started, out);
  assert.deepEqual(events.map((event) => event.seq), events.map((_, at) => at + 1));
  const last = events.at(-1).completed;
  assert.equal(events.map((event) => event.textDelta?.text ?? "").join(""), last.responseText);
});

test("is refused by the gRPC code", async () => {
  const chat = "taskchat.v1.ChatService/Chat";
  const anonymous = await ask("-d", '{"message":"hi"}', server.address, chat);
  assert.equal(anonymous.code, 64 + 16);
  assert.match(anonymous.err, /Not authenticated/);
  const blank = await ask(...as(ada), "-d", "{}", server.address, chat);
  assert.equal(blank.code, 64 + 3);
  assert.match(blank.err, /message field is required/);
  const other = await ask(...as(ada), "-d", '{"user_id":"somebody","message":"hi"}', server.address, chat);
  assert.equal(other.code, 64 + 7);
  assert.match(other.err, /User ID mismatch/);
  const unknown = await ask(...as(ada), "-d", '{"task_id":"0193a000-0000-7000-8000-000000000000"}', server.address, "taskchat.v1.TaskService/GetTask");
  assert.equal(unknown.code, 64 + 5);
});
