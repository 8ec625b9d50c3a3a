// @ts-check
/**
 * The worker in which LiteRT runs, so that a page never waits for a model. A classic worker, because the
 * runtime's own script is one.
 *
 * Asked {id, ask: "load" | "open" | "call", ...}, it answers {id, answer} or {id, error}; while the runtime
 * arrives, {bytes} for each part.
 */

/** @type {Promise<any>} */
const calls = import("./litert_calls.js");

self.onmessage = async ({ data: { id, ask, ...given } }) => {
  try {
    const { answer, buffers } = await (await calls)[ask](given);
    self.postMessage({ id, answer }, buffers ?? []);
  } catch (error) {
    self.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
};
