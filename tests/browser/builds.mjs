// A second build of the page, and a server that can be given it while pages of the first one are open.

import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { promisify } from "node:util";

import { root } from "../clients/server.mjs";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".webmanifest": "application/manifest+json" };

/** A build in a folder of its own: as the one that is there, with `before` changed to `after`, and so with other names of files. */
export async function anotherBuild(before, after) {
  const folder = await mkdtemp(join(tmpdir(), "taskchat-build-"));
  await cp(join(root, "web-client/dist"), folder, { recursive: true, filter: (path) => !/\.(br|gz)$|\/docs$/.test(path) });
  const assets = await readdir(join(folder, "assets"));
  const names = assets.map((name) => [name, name.replace(/(.)(\.\w+)$/, (_all, last, end) => `${last === "Z" ? "Y" : "Z"}${end}`)]);
  for (const [was, is] of names) await rename(join(folder, "assets", was), join(folder, "assets", is));
  let changed = 0;
  for (const path of ["index.html", ...names.map(([, is]) => `assets/${is}`)]) {
    let text = await readFile(join(folder, path), "utf8");
    for (const [was, is] of names) text = text.replaceAll(was, is);
    changed += text.split(before).length - 1;
    await writeFile(join(folder, path), text.replaceAll(before, after));
  }
  if (changed === 0) throw new Error(`the page says nowhere: ${before}`);
  await promisify(execFile)(process.execPath, [join(root, "web-client/scripts/service-worker.mjs"), `${folder}/`]);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Stands before `server`. Once a build is deployed, pages and files come from it, and no file of another one is there any more. */
export async function startDeployments(server) {
  const target = new URL(server.url);
  let build = null;
  const proxy = createServer(async (incoming, outgoing) => {
    const { pathname } = new URL(incoming.url, target);
    const page = incoming.headers["sec-fetch-mode"] === "navigate";
    if (build !== null && incoming.method === "GET" && (page || /\.\w+$/.test(pathname))) {
      const path = page ? "index.html" : pathname.slice(1);
      const data = await readFile(join(build, path)).catch(() => null);
      const { headers } = await fetch(new URL("/", target));
      outgoing.writeHead(data === null ? 404 : 200, {
        "content-type": TYPES[extname(path)] ?? "application/octet-stream",
        "content-security-policy": headers.get("content-security-policy"),
        "cache-control": path.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache",
      });
      return outgoing.end(data ?? "There is no such file.\n");
    }
    const { method, url, headers } = incoming;
    const onward = request({ host: target.hostname, port: target.port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${proxy.address().port}`,
    deploy: (folder) => (build = folder),
    stop: () => {
      proxy.closeAllConnections();
      proxy.close();
    },
  };
}
