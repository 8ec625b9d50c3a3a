// @ts-check
/**
 * The service worker: all files of one export, from this device. `ghostjam export-web` writes the version and
 * the list into it, so a browser sees a new one whenever any file has changed.
 */

const VERSION = "VERSION";
const FILES = ["FILES"];
const PREFIX = `ghostjam ${self.registration.scope} `; // other exports of the same host have their own
const CACHE = PREFIX + VERSION;
const INDEX = "index.html";
// A module with an instruction of relaxed SIMD, i8x16.relaxed_swizzle: a browser needs one of two runtimes.
const RELAXED = [
  [0, 97, 115, 109, 1, 0, 0, 0], // magic, version
  [1, 5, 1, 96, 0, 1, 123], // a function that returns a vector
  [3, 2, 1, 0],
  [10, 15, 1, 13, 0, 65, 0, 253, 15, 65, 0, 253, 15, 253, 128, 2, 11],
].flat();
const other = WebAssembly.validate(Uint8Array.from(RELAXED))
  ? "litert_wasm_compat_internal"
  : "litert_wasm_internal";

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(forget()));
self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "GET" && url.startsWith(self.registration.scope)) event.respondWith(kept(event.request));
});

/**
 * All or nothing: a version of which a file is missing is not installed. A page that is open has what it needs;
 * the next one that opens is of this version.
 */
async function keep() {
  const cache = await caches.open(CACHE);
  const paths = FILES.filter((path) => !path.startsWith(`litert/${other}.`));
  await cache.addAll(paths.map((path) => new Request(path, { cache: "no-cache" })));
  self.skipWaiting();
}

async function forget() {
  for (const name of await caches.keys())
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
}

/** @param {Request} request @returns {Promise<Response>} */
async function kept(request) {
  const url = new URL(request.url);
  if (url.pathname.endsWith("/")) url.pathname += INDEX;
  const cache = await caches.open(CACHE);
  const found = await cache.match(url, { ignoreSearch: true });
  if (!found) return fetch(request);
  // A host that leads elsewhere: browsers do not open a page from such an answer.
  return found.redirected ? new Response(found.body, { headers: found.headers }) : found;
}
