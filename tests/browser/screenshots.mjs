// Takes a picture of every screen, at three widths and in both themes, some with high contrast, and
// those of the README: `make screenshots`, or `node tests/browser/screenshots.mjs [FOLDER] [NAME...]`.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { root } from "../clients/server.mjs";
import { launch, signIn, visit } from "./browser.mjs";
import { INSIDE, OUTSIDE, startWorld } from "./screens.mjs";

const SIZES = [
  { width: 360, height: 740 },
  { width: 768, height: 1024 },
  { width: 1440, height: 900 },
];
const COLOURFUL = ["chat", "tasks", "settings", "palette"];
const LOOKS = [
  { theme: "light", options: { colorScheme: "light" } },
  { theme: "dark", options: { colorScheme: "dark" } },
  { theme: "light-contrast", options: { colorScheme: "light", contrast: "more" }, only: COLOURFUL },
  { theme: "dark-contrast", options: { colorScheme: "dark", contrast: "more" }, only: COLOURFUL },
];
/** For the README: not every screen, but larger. */
const CHOSEN = [
  { name: "readme", screen: "chat", options: { colorScheme: "light", viewport: { width: 1360, height: 800 } } },
  { name: "readme-tasks", screen: "tasks", options: { colorScheme: "dark", viewport: { width: 1360, height: 800 } } },
  { name: "readme-phone", screen: "chat-approval", options: { colorScheme: "light", viewport: { width: 390, height: 800 } } },
];

const [folder = join(root, "web-client/screenshots"), ...names] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const browser = await launch();
const world = await startWorld();
let taken = 0;

const take = async (page, go, name) => {
  await go(page, world);
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });
  taken += 1;
};

/** Every screen that is wanted, in one look and at one width. */
async function all({ theme, options, only }, viewport) {
  const wanted = (screens) => Object.entries(screens).filter(([name]) => (names.length > 0 ? names : (only ?? [name])).includes(name));
  const called = (name) => `${name}-${viewport.width}-${theme}`;
  await visit(
    browser,
    world.server,
    async (page) => {
      for (const [name, go] of wanted(OUTSIDE)) await take(page, go, called(name));
      if (wanted(INSIDE).length === 0) return;
      await signIn(page, world.ada.email);
      for (const [name, go] of wanted(INSIDE)) await take(page, go, called(name));
    },
    { ...options, viewport },
  );
}

async function chosen({ name, screen, options }) {
  await visit(
    browser,
    world.server,
    async (page) => {
      await signIn(page, world.ada.email);
      await take(page, INSIDE[screen], name);
    },
    { ...options, deviceScaleFactor: 1.5 },
  );
}

try {
  if (names.length === 0) for (const picture of CHOSEN) await chosen(picture);
  for (const look of LOOKS) for (const size of SIZES) await all(look, size);
} finally {
  await browser.close();
  await world.stop();
}
console.log(`${taken} pictures in ${folder}`);
