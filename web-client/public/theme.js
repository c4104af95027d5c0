// Applies the chosen theme before the first paint. A file of its own, since the page allows no
// inline script; src/app/theme.ts takes over from here.
(() => {
  let theme = null;
  let contrast = null;
  try {
    theme = localStorage.getItem("taskchat.theme");
    contrast = localStorage.getItem("taskchat.contrast");
  } catch {
    // Storage is forbidden: the system decides.
  }
  const dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  const more = contrast === "more" || (contrast !== "normal" && matchMedia("(prefers-contrast: more)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  document.documentElement.dataset.contrast = more ? "more" : "normal";
})();
