// Applies the chosen theme before the first paint. A file of its own, since the page allows no
// inline script; src/app/theme.ts takes over from here.
(() => {
  let choice = null;
  try {
    choice = localStorage.getItem("taskchat.theme");
  } catch {
    // Storage is forbidden: the system decides.
  }
  const dark =
    choice === "dark" ||
    (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
