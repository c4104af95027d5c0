// What the bench asks the page's own clock: when a conversation can be read, how long a key takes to
// the screen, how many frames there are.

/** Puts `globalThis.probes` into every document of `page` from now on. */
export const installProbes = (page) =>
  page.addInitScript(() => {
    const probes = (globalThis.probes = {});

    // Readable: the newest answer is drawn, as markdown, and painted.
    probes.readable = new Promise((resolve) => {
      const look = () => {
        const answers = document.querySelectorAll("[data-testid=assistant-text] .prose");
        if (answers.length === 0) return false;
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now()), 0));
        return true;
      };
      const observer = new MutationObserver(() => look() && observer.disconnect());
      observer.observe(document, { childList: true, subtree: true });
    });

    const keys = [];
    let frames = 0;
    let began = 0;
    let longest = 0;
    let last = 0;
    let counting = false;
    const frame = (now) => {
      if (!counting) return;
      frames += 1;
      if (last > 0) longest = Math.max(longest, now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    // From the key itself to after the frame that shows it.
    addEventListener("keydown", ({ timeStamp }) => {
      if (!counting) return;
      requestAnimationFrame(() => setTimeout(() => keys.push(performance.now() - timeStamp), 0));
    }, true);
    probes.begin = () => {
      keys.length = frames = longest = last = 0;
      began = performance.now();
      counting = true;
      requestAnimationFrame(frame);
    };
    probes.end = () => {
      counting = false;
      return { keys: [...keys], fps: (frames * 1000) / (performance.now() - began), longest };
    };
  });
