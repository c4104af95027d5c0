// Running programs that others wrote.

import { execFile } from "node:child_process";
import { join } from "node:path";

import { root } from "./server.mjs";

/** Runs a program; never rejects: `{ code, out, err }`. */
export const run = (file, args, options = {}) =>
  new Promise((resolve, reject) => {
    const child = execFile(file, args, { timeout: 30_000, maxBuffer: 1 << 24, ...options }, (error, out, err) => {
      // A missing program is a failed test, not a skipped one.
      if (error?.code === "ENOENT") return reject(new Error(`${file} is not installed: run make test`));
      resolve({ code: error ? (error.code ?? -1) : 0, out, err });
    });
    child.stdin?.end();
  });

/** grpcurl 1.8.6, which speaks reflection v1alpha only. */
export const grpcurl = join(root, "tests/.venv/bin/grpcurl");

/** buf, for `buf curl`. */
export const buf = join(root, "web-client/node_modules/.bin/buf");

/** Several JSON documents in a row, as grpcurl and buf print streams. */
export function documents(text) {
  const found = [];
  let depth = 0;
  let begin = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (quoted) {
      if (char === "\\") at += 1;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === "{") {
      if (depth === 0) begin = at;
      depth += 1;
    } else if (char === "}") {
      depth -= 1;
      if (depth === 0) found.push(JSON.parse(text.slice(begin, at + 1)));
    }
  }
  return found;
}
