// How the page is built, served while developing, and tested.
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: {
    alias: {
      // Its browser module needs `innerHTML`, which Trusted Types forbid.
      "decode-named-character-reference": fileURLToPath(
        new URL("src/markdown/entities.ts", import.meta.url),
      ),
    },
  },
  build: {
    target: "es2023",
    // The Content-Security-Policy allows nothing inline, so nothing may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
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
