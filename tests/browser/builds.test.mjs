// A new build of the page while the old one is open.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { start } from "../clients/server.mjs";
import { launch, signIn, signUpByApi, visit } from "./browser.mjs";
import { anotherBuild, startDeployments } from "./builds.mjs";

let browser;
let server;
let deployments;
before(async () => {
  server = await start();
  deployments = await startDeployments(server);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  deployments?.stop();
  await server?.stop();
});

test("a page goes on with its own parts after a new build, and a reload brings the new page", async () => {
  const ada = await signUpByApi(server, "build");
  const next = await anotherBuild("Where you are signed in.", "Where one is signed in.");
  try {
    await visit(browser, { ...server, url: deployments.url }, async (page) => {
      await signIn(page, ada.email);
      await page.evaluate(async () => {
        await navigator.serviceWorker.ready;
        if (navigator.serviceWorker.controller === null) {
          await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
        }
      });
      deployments.deploy(next.folder);
      const gone = await page.evaluate(() => document.querySelector("script[src^='/assets/']").getAttribute("src"));
      assert.equal((await fetch(deployments.url + gone)).status, 404);
      // A part that this page has not loaded yet, and the server does not have any more.
      await page.getByTestId("account").click();
      await page.getByTestId("open-settings").click();
      await page.getByTestId("settings").getByText("Where you are signed in.").waitFor();
      assert.equal(await page.getByTestId("load-error").count(), 0);
      await page.reload();
      await page.getByTestId("settings").getByText("Where one is signed in.").waitFor();
      // And so do the parts of the new one, while the worker of the old one is still there.
      await page.getByTestId("nav-tasks").click();
      await page.getByTestId("open-history").click();
      await page.getByTestId("history-filter").waitFor();
      assert.equal(await page.getByTestId("load-error").count(), 0);
    });
  } finally {
    await next.remove();
  }
});

test("the scripts that a page begins with are compiled whole, for which the hint has to come first", async () => {
  const page = await (await fetch(server.url)).text();
  const scripts = [...page.matchAll(/src="(\/assets\/[^"]+\.js)"/g)].map(([, path]) => path);
  assert.equal(scripts.length, 2, page);
  for (const path of scripts) {
    const text = await (await fetch(server.url + path)).text();
    assert.ok(text.startsWith("//# allFunctionsCalledOnLoad\n"), path);
  }
});
