// How the page is built, served while developing, and tested.
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { descriptors } from "./scripts/descriptors.ts";

const own = (path: string) => fileURLToPath(new URL(`src/${path}`, import.meta.url));

/** Leaves the JSON codec of protobuf out: gRPC-Web is binary. */
const binaryOnly: Plugin = {
  name: "binary-only",
  enforce: "pre",
  resolveId: (id, importer) =>
    /^\.\/(from|to)-json\.js$/.test(id) && importer?.includes("@bufbuild/protobuf") === true
      ? own("api/no-json.ts")
      : undefined,
};

/**
 * Hints that what a page is drawn with is all called: a browser that knows the hint compiles these files
 * whole, beside the page, and not each function in the page's way when it is first called
 * (https://v8.dev/blog/explicit-compile-hints).
 */
const compiledWhole: Plugin = {
  name: "compiled-whole",
  apply: "build",
  generateBundle: {
    order: "post",
    handler(_options, bundle) {
      const drawnWith = new Set(["begin", "index", "app", "tasks", "ChatPage", "Markdown"]);
      for (const part of Object.values(bundle)) {
        // It counts on the first line only.
        if (part.type === "chunk" && drawnWith.delete(part.name)) part.code = `//# allFunctionsCalledOnLoad\n${part.code}`;
      }
      if (drawnWith.size > 0) throw new Error(`there is no part called ${[...drawnWith].join()}`);
    },
  },
};

/** Runs what asks who is signed in before the rest of the entry, in a task of its own: the browser paints in between. */
const beginFirst: Plugin = {
  name: "begin-first",
  apply: "build",
  transformIndexHtml: {
    order: "post",
    handler(_html, { bundle = {} }) {
      const begin = Object.values(bundle).find(({ name }) => name === "begin");
      if (begin === undefined) throw new Error("the entry has no part called begin");
      const attrs = { type: "module", async: true, crossorigin: true, src: `/${begin.fileName}` };
      return [{ tag: "script", attrs, injectTo: "head-prepend" }];
    },
  },
};

export default defineConfig({
  plugins: [binaryOnly, beginFirst, compiledWhole, descriptors(own("api/descriptors.ts")), react(), tailwindcss()],
  resolve: {
    alias: {
      // Its browser module needs `innerHTML`, which Trusted Types forbid.
      "decode-named-character-reference": own("markdown/entities.ts"),
    },
  },
  build: {
    target: "es2023",
    // The Content-Security-Policy allows nothing inline, so nothing may be inlined.
    assetsInlineLimit: 0,
    // A part needs no file but those that are asked for beside it.
    modulePreload: false,
    sourcemap: false,
    rolldownOptions: {
      output: {
        // Each file costs a request and work of the browser, so what several parts share is one. What
        // is needed to sign in comes without the rest.
        codeSplitting: {
          groups: [
            { name: "begin", tags: ["$initial"], test: /\/src\/(app\/begin|api|gen|state)|\/node_modules\/@(bufbuild|connectrpc)\//, priority: 4 },
            { name: "page", tags: ["$initial"], priority: 3 },
            { name: "app", test: /\/src\/(api|app|gen|state|views\/parts)\/|\/src\/views\/(\w+|chat\/Composer|overlays\/(shown|leave))\.tsx?$|\/node_modules\/(@\w+|lucide-react)\//, priority: 2 },
            { name: "tasks", test: /\/src\/views\/tasks\/(TasksPage|TaskList|PanelBody)\.tsx$/, priority: 1 },
          ],
        },
      },
    },
    reportCompressedSize: false,
  },
  server: {
    port: 5173,
    proxy: { "^/taskchat\\.v1\\..*": "http://127.0.0.1:8080" },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test-setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
