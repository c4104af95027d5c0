// A conversation of 5,000 messages: it is all there, and scrolling shows no empty frames.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { call, start } from "../clients/server.mjs";
import { launch, signIn, signUpByApi, visit } from "./browser.mjs";
import { lengthen } from "./long.mjs";

let browser;
let server;
before(async () => {
  server = await start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const COUNT = 5000;
const words = (at) => (at % 2 === 1 ? `Question ${at}` : `Answer ${at}, ${"which has some lines to read. ".repeat(1 + (at % 7))}`);

/** Pictures of what was on the screen while `act` ran, as the browser composed them. */
async function filmed(page, act) {
  const cdp = await page.context().newCDPSession(page);
  const frames = [];
  cdp.on("Page.screencastFrame", ({ data, sessionId }) => {
    frames.push(data);
    void cdp.send("Page.screencastFrameAck", { sessionId }).catch(() => {});
  });
  await cdp.send("Page.startScreencast", { format: "jpeg", quality: 60, everyNthFrame: 1 });
  await act();
  await cdp.send("Page.stopScreencast");
  await cdp.detach();
  return frames;
}

/** The tallest strip without anything in it, in the column of messages, for each picture. */
const emptiness = (blank, frames, column) =>
  blank.evaluate(
    async ({ frames, column }) => {
      const tallest = [];
      for (const data of frames) {
        const image = await createImageBitmap(await (await fetch(`data:image/jpeg;base64,${data}`)).blob());
        const canvas = new OffscreenCanvas(image.width, image.height);
        const context = canvas.getContext("2d");
        context.drawImage(image, 0, 0);
        const scale = image.width / column.page;
        const [left, top] = [Math.round(column.left * scale), Math.round(column.top * scale)];
        const [width, height] = [Math.round(column.width * scale), Math.round(column.height * scale)];
        const { data: pixels } = context.getImageData(left, top, width, height);
        let run = 0;
        let most = 0;
        for (let y = 0; y < height; y += 1) {
          let low = 255;
          let high = 0;
          for (let x = 0; x < width; x += 3) {
            const value = pixels[(y * width + x) * 4 + 1];
            low = Math.min(low, value);
            high = Math.max(high, value);
          }
          run = high - low < 24 ? run + 1 : 0;
          most = Math.max(most, run);
        }
        tallest.push(Math.round(most / scale));
      }
      return tallest;
    },
    { frames, column },
  );

test("5,000 messages are all there and scroll without empty frames", async () => {
  const ada = await signUpByApi(server, "long");
  const { conversation_id: id } = await call(server, ada, "POST", "/api/chat", { message: "Add a task called one" });
  await visit(
    browser,
    server,
    async (page, context) => {
      await signIn(page, ada.email);
      await lengthen(page, COUNT, words);
      await page.goto(`/chat/${id}`);
      await page.getByText(`Question ${COUNT - 1}`, { exact: true }).waitFor();
      const box = page.getByTestId("messages");
      // Up to the first one, page by page.
      const first = page.getByText("Question 1", { exact: true });
      for (let round = 0; round < 2000 && (await first.count()) === 0; round += 1) {
        await box.evaluate((it) => (it.scrollTop = 0));
        await page.waitForTimeout(20);
      }
      await box.evaluate((it) => (it.scrollTop = 0));
      await first.waitFor();
      const articles = page.locator("[data-testid=messages] article");
      assert.equal(await articles.first().getAttribute("aria-posinset"), "1");
      assert.equal(await articles.first().getAttribute("aria-setsize"), String(COUNT));
      assert.ok((await articles.count()) < 100, "only those in sight are in the document");
      // In the middle, by the wheel, as fast as a hand turns it: down and up.
      await box.evaluate((it) => (it.scrollTop = it.scrollHeight / 2));
      await page.waitForTimeout(300);
      await box.hover();
      const frames = await filmed(page, async () => {
        for (let at = 0; at < 60; at += 1) {
          await page.mouse.wheel(0, at < 30 ? 120 : -120);
          await page.waitForTimeout(16);
        }
        await page.waitForTimeout(200);
      });
      assert.ok(frames.length > 10, `${frames.length} frames`);
      const column = await box.evaluate((it) => {
        const { left, top, width, height } = it.getBoundingClientRect();
        return { left: left + 10, top, width: width - 30, height, page: innerWidth };
      });
      const blank = await context.newPage();
      const tallest = await emptiness(blank, frames, column);
      // Between two messages there are some 70 px. On a busy machine the picture may run ahead of the page
      // for a frame or two, but never shows an empty one, and hardly ever a hole.
      const worst = tallest.toSorted((a, b) => b - a);
      const told = `the emptiest of ${frames.length} frames: ${worst.slice(0, 20)} of ${Math.round(column.height)} px`;
      assert.ok(worst[0] < column.height * 0.75, told);
      assert.ok(worst[Math.floor(worst.length / 4)] < 200, told);
      await blank.close();
      await page.getByTestId("jump-to-latest").click();
      await page.getByText(`Question ${COUNT - 1}`, { exact: true }).waitFor();
    },
    // The answers come from here, past the worker.
    { serviceWorkers: "block", tolerates: /Service Worker registration blocked/ },
  );
});
