// The built program on a free port and a folder of its own, for tests in JavaScript.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** The password of every account that tests make. */
export const password = "a quiet harbour 42";

const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");

/** The program; `profile` is `debug` or `release`. */
export const program = (profile = "debug") => join(target, profile, "taskchat");

/**
 * Starts the program and waits until it listens.
 *
 * @param {{ env?: Record<string, string>, data?: string, profile?: string }} options
 */
export async function start({ env = {}, data, profile } = {}) {
  const folder = data ?? (await mkdtemp(join(tmpdir(), "taskchat-test-")));
  const child = spawn(program(profile), ["serve"], {
    env: {
      TASKCHAT_LISTEN: "127.0.0.1:0",
      TASKCHAT_DATA_DIR: folder,
      TASKCHAT_LOG__FORMAT: "json",
      TASKCHAT_MODEL__PROVIDER: "offline",
      ...env,
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const log = [];
  const address = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}:\n${log.join("\n")}`)));
    createInterface({ input: child.stderr }).on("line", (line) => {
      log.push(line);
      const found = line.startsWith("{") ? addressIn(JSON.parse(line)) : undefined;
      if (found) resolve(found);
    });
  });
  return {
    address,
    url: `http://${address}`,
    folder,
    pid: child.pid,
    log,
    /** Ends it; with `keep`, its data stays for another start. */
    async stop({ signal = "SIGTERM", keep = false } = {}) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill(signal);
      await ended;
      if (!keep && !data) await rm(folder, { recursive: true, force: true });
    },
  };
}

const addressIn = (line) => line["server.address"] ?? line.fields?.["server.address"];

/** A new account, where this machine is unless a zone is named: `{ id, email, token }`. */
export async function signUp(server, name, timeZone = new Intl.DateTimeFormat().resolvedOptions().timeZone) {
  const email = `${name}@example.com`;
  const response = await fetch(`${server.url}/api/auth/signup`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password, time_zone: timeZone }),
  });
  if (response.status !== 200) throw new Error(`sign-up: ${response.status} ${await response.text()}`);
  const session = await response.json();
  return { id: session.user.id, email, token: session.access_token, refresh: session.refresh_token };
}

/** An HTTP/JSON call as a user; the parsed answer. */
export async function call(server, user, method, path, body) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${user.token}`, "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (response.status !== 200) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
