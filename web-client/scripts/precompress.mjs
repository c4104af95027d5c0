// Writes a .br and a .gz beside every text file of dist/, so that the server compresses nothing, and
// prints what the page weighs.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const DIST = new URL("../dist/", import.meta.url).pathname;
const TEXT = new Set([".html", ".js", ".css", ".svg", ".webmanifest", ".json", ".txt"]);

const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(9);

for (const entry of readdirSync(DIST, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (!entry.isFile() || !TEXT.has(extname(path))) continue;
  const body = readFileSync(path);
  const gzip = gzipSync(body, { level: 9 });
  const brotli = brotliCompressSync(body, {
    params: { [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
  });
  if (gzip.length < body.length) writeFileSync(`${path}.gz`, gzip);
  if (brotli.length < body.length) writeFileSync(`${path}.br`, brotli);
  process.stdout.write(
    `${kb(body.length)} ${kb(gzip.length)} gz ${kb(brotli.length)} br  ${relative(DIST, path)}\n`,
  );
}
