// @ts-check
/** Bytes of the files beside this page, counted while they arrive. */

import { ModelError } from "./errors.js";

export const ROOT = new URL("../", import.meta.url); // of the exported folder

/** @typedef {(bytes: number) => void} Count called with the bytes of each part that has arrived */

/**
 * A response whose body reports its bytes as it is read.
 * @param {URL | string} url
 * @param {Count} count
 * @param {string} [type] what the body is, where the server may not say
 * @returns {Promise<Response>}
 */
export async function counted(url, count, type = "application/octet-stream") {
  const response = await fetch(url).catch(() => null);
  if (!response?.ok || !response.body)
    throw new ModelError(
      `${new URL(url).pathname}: expected a file, got ${response?.status ?? "no answer"}.`,
    );
  const counting = new TransformStream({
    transform(part, next) {
      count(part.byteLength);
      next.enqueue(part);
    },
  });
  return new Response(response.body.pipeThrough(counting), { headers: { "Content-Type": type } });
}

/**
 * How large files are, as `files.json` of the export says; 0 for one it does not name. A server that
 * compresses says something else.
 * @param {readonly (URL | string)[]} urls
 * @returns {Promise<number[]>}
 */
export async function sizes(urls) {
  const response = await fetch(new URL("files.json", ROOT)).catch(() => null);
  const files = response?.ok ? (await response.json()).files : {};
  return urls.map((url) => files[new URL(url, ROOT).href.slice(ROOT.href.length)] ?? 0);
}
