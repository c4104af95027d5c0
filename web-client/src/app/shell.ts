// Has the browser keep the page itself, so that it opens without a connection. What the worker keeps
// and what it leaves alone is in src/service-worker.js.

import { script } from "./scripts";

export function keepShell(): void {
  // Absent on insecure origins; while developing there is no build to keep.
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  if (navigator.onLine) register();
  else addEventListener("online", register, { once: true });
}

function register(): void {
  // Without it the page is as good as before, as long as there is a connection.
  navigator.serviceWorker.register(script("/sw.js"), { updateViaCache: "none" }).catch(() => {});
}
