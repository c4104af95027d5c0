// The description of the API: is it valid, and does the program keep to it?

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { run } from "../clients/run.mjs";
import { call, root, signUp, start } from "../clients/server.mjs";

const tool = (name) => join(root, "tests/.venv/bin", name);

let server;
let ada;
before(async () => {
  server = await start();
  ada = await signUp(server, "ada");
  const task = await call(server, ada, "POST", "/api/tasks", { title: "Buy groceries" });
  await call(server, ada, "POST", "/api/chat", { message: `Mark ${task.title} as done` });
});
after(() => server?.stop());

test("is valid OpenAPI 3.1", async () => {
  const description = await fetch(`${server.url}/openapi.json`);
  const file = join(server.folder, "openapi.json");
  await writeFile(file, await description.text());
  const { code, out, err } = await run(tool("openapi-spec-validator"), ["--schema", "3.1", file]);
  assert.equal(code, 0, `${out}\n${err}`);
});

test("holds for whatever schemathesis asks", { timeout: 300_000 }, async () => {
  const { code, out, err } = await run(
    tool("schemathesis"),
    [
      ...["--config-file", join(root, "tests/openapi/schemathesis.toml")],
      ...["run", `${server.url}/openapi.json`],
      ...["--header", `Authorization: Bearer ${ada.token}`],
    ],
    { cwd: server.folder, timeout: 280_000 },
  );
  assert.equal(code, 0, `${out}\n${err}`);
});
