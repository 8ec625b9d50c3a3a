// @ts-check
/** Keeps the pages for a time without a network. Browsers look by themselves whether there is a newer version. */

const { serviceWorker } = navigator;
if (serviceWorker) {
  // Once the page has what it needs itself.
  if (document.readyState !== "complete")
    await new Promise((done) => addEventListener("load", done, { once: true }));
  serviceWorker.register(new URL("../sw.js", import.meta.url)).catch(() => null); // private windows forbid it
}
