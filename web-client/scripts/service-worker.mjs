// Writes dist/sw.js: the service worker with the files of this build in it.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const DIST = process.argv[2] ?? fileURLToPath(new URL("../dist/", import.meta.url));
const SOURCE = new URL("../src/service-worker.js", import.meta.url);

const hash = createHash("sha256");
const files = [];
for (const entry of readdirSync(DIST, { recursive: true, withFileTypes: true })) {
  const path = relative(DIST, join(entry.parentPath, entry.name));
  // The viewer of the API is a site of its own.
  if (!entry.isFile() || path === "sw.js" || path.startsWith("docs/") || /\.(br|gz|map)$/.test(path)) continue;
  files.push(`/${path}`);
}
files.sort();
for (const file of files) hash.update(file).update(readFileSync(join(DIST, file)));
const source = readFileSync(SOURCE, "utf8");
hash.update(source);

const worker = source
  .replace("%VERSION%", hash.digest("hex").slice(0, 16))
  .replace('["%FILES%"]', JSON.stringify(files));
writeFileSync(join(DIST, "sw.js"), worker);
