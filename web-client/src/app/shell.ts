// Has the browser keep the page itself, so that it opens without a connection. What the worker keeps
// and what it leaves alone is in src/service-worker.js.

declare global {
  // Not in every browser.
  var trustedTypes:
    | { createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): unknown } }
    | undefined;
}

const WORKER = "/sw.js";

// The page's one policy: it lets exactly one address be a script.
const policy = globalThis.trustedTypes?.createPolicy("taskchat", {
  createScriptURL: (url) => {
    if (url !== WORKER) throw new TypeError("Not a script of this page.");
    return url;
  },
});

export function keepShell(): void {
  // Absent on insecure origins; while developing there is no build to keep.
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const url = (policy?.createScriptURL(WORKER) ?? WORKER) as string;
  const register = () => {
    // Without it the page is as good as before, as long as there is a connection.
    navigator.serviceWorker.register(url, { updateViaCache: "none" }).catch(() => {});
  };
  if (navigator.onLine) register();
  else addEventListener("online", register, { once: true });
}
