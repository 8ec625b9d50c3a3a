// @ts-check
/**
 * Keeps the pages for a time without a network, and lets a new version take over where nothing is lost by it.
 */

if (navigator.serviceWorker) {
  const wasServed = Boolean(navigator.serviceWorker.controller);
  // Once the page has what it needs itself.
  const [registration] = await Promise.all([register(), loaded()]);
  if (wasServed && registration?.waiting) {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    registration.waiting.postMessage("take over");
  }
}

/**
 * @returns {Promise<ServiceWorkerRegistration | null>} null where the browser forbids it, as private windows
 *   do
 */
async function register() {
  await loaded();
  return navigator.serviceWorker.register(new URL("../sw.js", import.meta.url)).catch(() => null);
}

/** @returns {Promise<unknown>} */
function loaded() {
  if (document.readyState === "complete") return Promise.resolve();
  return new Promise((done) => addEventListener("load", done, { once: true }));
}
