// Connect's gRPC-Web clients: the browser's (fetch, HTTP/1.1) and Node's (HTTP/1.1 and HTTP/2).

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { buf, run } from "./run.mjs";
import { root, signUp, start } from "./server.mjs";

// The page's packages; nothing is installed here.
const page = createRequire(join(root, "web-client/package.json"));
const { createFileRegistry, fromBinary } = page("@bufbuild/protobuf");
const { FileDescriptorSetSchema } = page("@bufbuild/protobuf/wkt");
const { Code, ConnectError, createClient } = page("@connectrpc/connect");
const browser = page("@connectrpc/connect-web");
const node = page("@connectrpc/connect-node");

let server;
let ada;
let registry;
before(async () => {
  server = await start();
  ada = await signUp(server, "ada");
  const folder = await mkdtemp(join(tmpdir(), "taskchat-schema-"));
  const schema = join(folder, "schema.binpb");
  const { code, err } = await run(buf, ["build", root, "-o", schema]);
  assert.equal(code, 0, err);
  registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, await readFile(schema)));
  await rm(folder, { recursive: true });
});
after(() => server?.stop());

const transports = {
  "connect-web": (options) => browser.createGrpcWebTransport(options),
  "connect-node over HTTP/1.1": (options) => node.createGrpcWebTransport({ httpVersion: "1.1", ...options }),
  "connect-node over HTTP/2": (options) => node.createGrpcWebTransport({ httpVersion: "2", ...options }),
};

/** A thrown ConnectError. */
const refusal = async (work) => {
  try {
    await work();
  } catch (error) {
    return ConnectError.from(error);
  }
  return assert.fail("nothing was refused");
};

const all = async (stream) => {
  const messages = [];
  for await (const message of stream) messages.push(message);
  return messages;
};

for (const [name, transport] of Object.entries(transports)) {
  const client = (service, token = ada.token) => {
    const bearer = (next) => (request) => {
      if (token) request.header.set("authorization", `Bearer ${token}`);
      return next(request);
    };
    return createClient(registry.getService(`taskchat.v1.${service}`), transport({ baseUrl: server.url, interceptors: [bearer] }));
  };

  test(`${name}: turns a sentence into a task`, async () => {
    const title = `call ${name}`;
    const reply = await client("ChatService").chat({ message: `Add a task called ${title}` });
    assert.equal(reply.toolCalls[0].receipt.summary, `Added “${title}”.`);
    const { tasks } = await client("TaskService").listTasks({ query: title });
    assert.deepEqual(tasks.map((task) => task.title), [title]);
  });

  test(`${name}: reads a stream to its end`, async () => {
    const events = await all(client("ChatService").streamChat({ message: "What do I have to do?" }));
    assert.deepEqual(events.map((event) => event.seq), events.map((_, at) => at + 1));
    assert.equal(events[0].event.case, "started");
    assert.equal(events.at(-1).event.case, "completed");
    const text = events.map((event) => (event.event.case === "textDelta" ? event.event.value.text : "")).join("");
    assert.equal(text, events.at(-1).event.value.responseText);
  });

  test(`${name}: is refused with code, words and details`, async () => {
    const anonymous = await refusal(() => client("ChatService", "").chat({ message: "hi" }));
    assert.deepEqual([anonymous.code, anonymous.rawMessage], [Code.Unauthenticated, "Not authenticated"]);
    const blank = await refusal(() => client("ChatService").chat({}));
    assert.deepEqual([blank.code, blank.rawMessage], [Code.InvalidArgument, "message field is required"]);
    const [bad] = blank.findDetails(registry.getMessage("google.rpc.BadRequest"));
    assert.equal(bad.fieldViolations[0].field, "message");
  });

  test(`${name}: is refused a stream in the same way`, async () => {
    const anonymous = await refusal(() => all(client("ChatService", "").streamChat({ message: "hi" })));
    assert.deepEqual([anonymous.code, anonymous.rawMessage], [Code.Unauthenticated, "Not authenticated"]);
    const blank = await refusal(() => all(client("ChatService").streamChat({})));
    assert.equal(blank.code, Code.InvalidArgument);
    const [bad] = blank.findDetails(registry.getMessage("google.rpc.BadRequest"));
    assert.equal(bad.fieldViolations[0].field, "message");
    const turnId = "0193a000-0000-7000-8000-000000000000";
    const unknown = await refusal(() => all(client("ChatService").followTurn({ turnId })));
    assert.equal(unknown.code, Code.NotFound);
  });

  test(`${name}: leaves a stream, and gives up on one`, async () => {
    const leaving = new AbortController();
    const left = await refusal(async () => {
      for await (const message of client("TaskService").watchTasks({}, { signal: leaving.signal })) {
        assert.equal(message.event.case, "ready");
        leaving.abort();
      }
    });
    assert.equal(left.code, Code.Canceled);
    const late = await refusal(() => all(client("TaskService").watchTasks({}, { timeoutMs: 200 })));
    assert.equal(late.code, Code.DeadlineExceeded);
  });
}
