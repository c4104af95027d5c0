// Keeps the page itself, its scripts and styles, so that it opens without a connection. Nothing else:
// no answer of the server is ever stored or served from here, and no call passes through.
//
// A new build brings a new worker, which fetches its files beside the old ones and waits until the last
// page of the old build is closed. Until then those pages find their own parts here, whatever the
// server has by now. Pages come from the server whenever that answers, so nobody is kept on an old one.

/** Of this build: put in by scripts/service-worker.mjs. */
const VERSION = "%VERSION%";
const FILES = new Set(["%FILES%"]);

const PREFIX = "taskchat-shell-";
const INDEX = "/index.html";
/** How long a page waits for the server before the kept one is shown. */
const PATIENCE = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  // gRPC-Web is POST; streams of events and API calls are neither pages nor files of the build.
  if (request.method !== "GET") return;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (isPage(pathname)) event.respondWith(page(request));
  } else if (FILES.has(pathname)) {
    event.respondWith(file(request, pathname));
  }
});

/** Neither the API, nor its description, nor a file. */
function isPage(pathname) {
  const last = pathname.slice(pathname.lastIndexOf("/") + 1);
  return !last.includes(".") && !/^\/(api|docs|mcp|taskchat\.|grpc\.|\.well-known)/.test(pathname);
}

async function keep() {
  const cache = await caches.open(PREFIX + VERSION);
  // Past the browser's own cache, except for files whose names change with their content.
  const fresh = [...FILES].map((path) => new Request(path, { cache: path.startsWith("/assets/") ? "default" : "reload" }));
  await cache.addAll(fresh);
}

async function tidy() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== PREFIX + VERSION) await caches.delete(name);
  }
  // The first worker looks after the page that brought it; later ones begin without pages.
  await self.clients.claim();
}

async function page(request) {
  const kept = keptFile(INDEX);
  try {
    const answer = await Promise.race([fetch(request), late(kept)]);
    // A proxy that has lost its server.
    if (answer.status >= 502 && answer.status <= 504) return (await kept) ?? answer;
    return answer;
  } catch {
    return (await kept) ?? Response.error();
  }
}

/** Gives up, unless there is nothing else to show. */
async function late(kept) {
  if ((await kept) === undefined) return new Promise(() => {});
  await new Promise((resolve) => setTimeout(resolve, PATIENCE));
  throw new Error("late");
}

async function file(request, pathname) {
  if (pathname.startsWith("/assets/")) return (await keptFile(pathname)) ?? fetch(request);
  try {
    return await fetch(request);
  } catch {
    return (await keptFile(pathname)) ?? Response.error();
  }
}

async function keptFile(pathname) {
  const cache = await caches.open(PREFIX + VERSION);
  return cache.match(pathname, { ignoreVary: true });
}
