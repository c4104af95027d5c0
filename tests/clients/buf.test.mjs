// buf curl: reflection v1, gRPC and gRPC-Web.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { buf, documents, run } from "./run.mjs";
import { signUp, start } from "./server.mjs";

let server;
let ada;
before(async () => {
  server = await start();
  ada = await signUp(server, "ada");
});
after(() => server?.stop());

const protocols = {
  grpc: ["--protocol", "grpc", "--http2-prior-knowledge"],
  "gRPC-Web over HTTP/1.1": ["--protocol", "grpcweb"],
  "gRPC-Web over HTTP/2": ["--protocol", "grpcweb", "--http2-prior-knowledge"],
};

test("lists methods by reflection", async () => {
  const { code, out, err } = await run(buf, ["curl", ...protocols.grpc, "--list-methods", server.url]);
  assert.equal(code, 0, err);
  for (const method of ["ChatService/Chat", "ChatService/FollowTurn", "TaskService/UndoOperation", "MessageService/ListMessages"]) {
    assert.ok(out.includes(`taskchat.v1.${method}`), out);
  }
});

for (const [name, flags] of Object.entries(protocols)) {
  // Reflection is a bidirectional stream, which HTTP/1.1 cannot carry: there the schema is a file.
  const schema = flags.includes("--http2-prior-knowledge") ? [] : ["--schema", "."];
  const ask = (method, body, ...more) =>
    run(buf, ["curl", ...flags, ...schema, ...more, "-d", JSON.stringify(body), `${server.url}/taskchat.v1.${method}`], {
      cwd: new URL("../..", import.meta.url).pathname,
    });
  const bearer = () => ["-H", `authorization: Bearer ${ada.token}`];

  test(`${name}: turns a sentence into a task`, async () => {
    const { code, out, err } = await ask("ChatService/Chat", { message: "Add a task called Buy groceries" }, ...bearer());
    assert.equal(code, 0, err);
    const reply = JSON.parse(out);
    assert.equal(reply.toolCalls[0].receipt.summary, "Added “Buy groceries”.");
    const listed = await ask("TaskService/ListTasks", {}, ...bearer());
    assert.equal(JSON.parse(listed.out).tasks[0].title, "Buy groceries", listed.err);
  });

  test(`${name}: reads a stream to its end`, async () => {
    const { code, out, err } = await ask("ChatService/StreamChat", { message: "What do I have to do?" }, ...bearer());
    assert.equal(code, 0, err);
    const events = documents(out);
    assert.deepEqual(events.map((event) => event.seq), events.map((_, at) => at + 1));
    assert.ok(events.at(-1).completed, out);
  });

  test(`${name}: is refused with the words and the field`, async () => {
    const anonymous = await ask("ChatService/Chat", { message: "hi" });
    assert.notEqual(anonymous.code, 0);
    assert.deepEqual({ code: JSON.parse(anonymous.err).code, message: JSON.parse(anonymous.err).message }, { code: "unauthenticated", message: "Not authenticated" });
    const blank = await ask("ChatService/Chat", {}, ...bearer());
    const error = JSON.parse(blank.err);
    assert.equal(error.code, "invalid_argument");
    const bad = error.details.find((detail) => detail.type === "google.rpc.BadRequest");
    assert.ok(bad, blank.err);
  });

  test(`${name}: is refused a stream in the same way`, async () => {
    const blank = await ask("ChatService/StreamChat", {}, ...bearer());
    const error = JSON.parse(blank.err);
    assert.equal(error.code, "invalid_argument");
    assert.ok(error.details.some((detail) => detail.type === "google.rpc.BadRequest"), blank.err);
    const unknown = await ask("ChatService/FollowTurn", { turn_id: "0193a000-0000-7000-8000-000000000000" }, ...bearer());
    assert.equal(JSON.parse(unknown.err).code, "not_found");
  });
}
