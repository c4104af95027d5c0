// What axe finds on each screen, in every look; nothing wider than a narrow phone; focus that can be
// seen; a chat by keyboard alone.

import { AxeBuilder } from "@axe-core/playwright";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, signIn, visit } from "./browser.mjs";
import { INSIDE, OUTSIDE, startWorld } from "./screens.mjs";

let browser;
let world;
before(async () => {
  world = await startWorld();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const told = (where, { violations }) =>
  violations.map((each) => `${where}: ${each.id}: ${each.nodes.map((node) => node.target.join(" ")).join("; ")}`);
const sound = async (page, where) => told(where, await new AxeBuilder({ page }).withTags(rules).analyze());
/** Another look changes the colours and nothing else. */
const legible = async (page, where) => told(where, await new AxeBuilder({ page }).withRules(["color-contrast"]).analyze());

/** Calls `look` on every screen, or on `only` some; all that it finds. */
async function everywhere(look, { only, ...options }) {
  const found = [];
  await visit(
    browser,
    world.server,
    async (page) => {
      const see = async (screens) => {
        for (const [name, go] of Object.entries(screens)) {
          if (only?.includes(name) === false) continue;
          await go(page, world);
          found.push(...(await look(page, name)));
        }
      };
      await see(OUTSIDE);
      await signIn(page, world.ada.email);
      await see(INSIDE);
    },
    options,
  );
  return found;
}

const COLOURFUL = ["chat", "chat-approval", "chat-failed", "tasks", "settings", "palette"];

// axe brings its own script, which the policy has to let in.
for (const [name, look, options] of [
  ["light", sound, { colorScheme: "light" }],
  ["dark", legible, { colorScheme: "dark" }],
  // The colours themselves are held to their arithmetic by the page's own tests.
  ["light with high contrast", legible, { colorScheme: "light", contrast: "more", only: COLOURFUL }],
  ["dark with high contrast", legible, { colorScheme: "dark", contrast: "more", only: COLOURFUL }],
]) {
  test(`screens in ${name}`, async () => {
    assert.deepEqual(await everywhere(look, { ...options, bypassCSP: true }), []);
  });
}

test("no screen is wider than 320 pixels, and what is touched is large enough", async () => {
  const look = (page, where) =>
    page.evaluate((screen) => {
      const wrong = [];
      const { scrollWidth, clientWidth } = document.documentElement;
      if (scrollWidth > clientWidth) wrong.push(`${screen}: ${scrollWidth} wide`);
      for (const control of document.querySelectorAll("button, select, input:not(.sr-only), textarea, a[href]")) {
        const { width, height, left, right } = control.getBoundingClientRect();
        if (width === 0 || !control.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
        const name = control.dataset.testid ?? control.getAttribute("aria-label") ?? control.textContent;
        // WCAG 2.2, 2.5.8; links within a sentence are exempt.
        if (height < 16 || (Math.min(width, height) < 24 && control.tagName === "BUTTON")) wrong.push(`${screen}: ${name} is ${width} by ${height}`);
        const sheet = control.closest("dialog") ?? document.querySelector("dialog[open]");
        if (sheet?.contains(control) !== false && (left < -1 || right > innerWidth + 1)) wrong.push(`${screen}: ${name} is cut off`);
      }
      return wrong;
    }, where);
  assert.deepEqual(await everywhere(look, { viewport: { width: 320, height: 640 }, hasTouch: true }), []);
});

test("the focus can be seen wherever it goes", async () => {
  await visit(browser, world.server, async (page) => {
    await signIn(page, world.ada.email);
    for (const path of ["/tasks", "/settings", "/tasks/history"]) {
      await page.goto(path);
      await page.getByTestId("page-title").waitFor();
      for (let at = 0; at < 25; at += 1) {
        await page.keyboard.press("Tab");
        const seen = await page.evaluate(() => {
          const control = document.activeElement;
          // A control that is hidden shows the focus around its label.
          const shown = control.matches(".sr-only") ? control.closest("label") : control;
          const { outlineStyle, outlineWidth } = getComputedStyle(shown);
          const around = control.closest("form") === null ? outlineStyle : getComputedStyle(control.parentElement).outlineStyle;
          return { name: control.outerHTML.slice(0, 120), sees: (outlineStyle !== "none" && outlineWidth !== "0px") || around !== "none" };
        });
        assert.ok(seen.sees, `${path}: ${seen.name}`);
      }
    }
  });
});

test("a chat by keyboard alone", async () => {
  await visit(browser, world.server, async (page) => {
    await signIn(page, world.ada.email);
    await page.goto(`/chat/${world.ids.chat}`);
    const undo = page.getByTestId("undo").first();
    await undo.waitFor();
    await page.getByTestId("message-input").focus();
    for (let at = 0; at < 30; at += 1) {
      if (await undo.evaluate((button) => button === document.activeElement)) break;
      await page.keyboard.press("Shift+Tab");
    }
    assert.ok(await undo.evaluate((button) => button === document.activeElement), "undo can be reached");
    await page.keyboard.press("Enter");
    await page.getByTestId("redo").first().waitFor();
    await page.keyboard.press("Enter");
    await page.getByTestId("undo").first().waitFor();
  });
});
