// TLS, with other people's clients: grpcurl, curl and openssl.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { grpcurl, run } from "./run.mjs";
import { start } from "./server.mjs";

let folder;
let server;
const file = (name) => join(folder, name);
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "taskchat-tls-"));
  const names = "subjectAltName=DNS:localhost,IP:127.0.0.1";
  const made = await run("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
    ...["-subj", "/CN=localhost", "-addext", names, "-keyout", file("key.pem"), "-out", file("cert.pem")],
  ]);
  assert.equal(made.code, 0, made.err);
  server = await start({ env: { TASKCHAT_TLS__CERT: file("cert.pem"), TASKCHAT_TLS__KEY: file("key.pem") } });
});
after(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

test("grpcurl lists and calls through TLS", async () => {
  const ask = (...args) => run(grpcurl, ["-cacert", file("cert.pem"), ...args]);
  const listed = await ask(server.address, "list");
  assert.equal(listed.code, 0, listed.err);
  assert.match(listed.out, /taskchat\.v1\.ChatService/);
  const health = await ask(server.address, "grpc.health.v1.Health/Check");
  assert.deepEqual(JSON.parse(health.out), { status: "SERVING" });
  const stranger = await run(grpcurl, ["-max-time", "5", server.address, "list"]);
  assert.notEqual(stranger.code, 0, "nobody believes it without being told to");
  const clear = await run(grpcurl, ["-max-time", "5", "-plaintext", server.address, "list"]);
  assert.notEqual(clear.code, 0);
});

test("curl agrees on HTTP/2, and on HTTP/1.1 when it wants that", async () => {
  const curl = (...args) =>
    run("curl", ["--silent", "--cacert", file("cert.pem"), "-o", "/dev/null", "-w", "%{http_version} %{http_code}", ...args, `https://${server.address}/healthz`]);
  assert.equal((await curl("--http2")).out, "2 200");
  assert.equal((await curl("--http1.1")).out, "1.1 200");
});

test("openssl is offered TLS 1.2 and 1.3, and nothing older", async () => {
  const shake = (...args) =>
    run("openssl", ["s_client", "-connect", server.address, "-CAfile", file("cert.pem"), "-alpn", "h2,http/1.1", ...args]);
  for (const [flag, version] of [["-tls1_2", "TLSv1.2"], ["-tls1_3", "TLSv1.3"]]) {
    const { out, err } = await shake(flag);
    assert.match(out, new RegExp(`New, ${version}`), err);
    assert.match(out, /ALPN protocol: h2/);
    assert.match(out, /Verify return code: 0 \(ok\)/);
  }
  const old = await shake("-tls1_1");
  assert.doesNotMatch(old.out, /New, TLSv1\.1, Cipher is [A-Z]/);
});
