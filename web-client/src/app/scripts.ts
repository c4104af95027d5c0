// What the page starts as scripts beside itself. Its one policy of Trusted Types lets exactly these
// addresses be scripts.

declare global {
  // Not in every browser.
  var trustedTypes:
    | { createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): unknown } }
    | undefined;
}

const SCRIPTS = ["/sw.js", "/dates.js"] as const;

const policy = globalThis.trustedTypes?.createPolicy("taskchat", {
  createScriptURL: (url) => {
    if (!SCRIPTS.some((own) => own === url)) throw new TypeError("Not a script of this page.");
    return url;
  },
});

/** The address, as the browser insists on having it. */
export function script(url: (typeof SCRIPTS)[number]): string {
  return (policy?.createScriptURL(url) ?? url) as string;
}
