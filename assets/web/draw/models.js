// @ts-check
/** The ghosts of the page: loaded by name, with a seed. */
import { loadGhost } from "../ghost/ghost.js";
import { Sketcher } from "../sketch/sketcher.js";

/**
 * The sketcher of a model.
 * @param {string} name
 * @param {number} seed
 * @param {(share: number) => void} onProgress
 * @returns {Promise<Sketcher>}
 */
export async function loadSketcher(name, seed, onProgress = () => {}) {
  return new Sketcher(await loadGhost(name, { seed, onProgress }));
}
