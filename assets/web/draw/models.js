// @ts-check
/** The ghosts of the page: loaded by name, with a seed. */
import { loadGhost } from "../ghost/ghost.js";
import { Sketcher } from "../sketch/sketcher.js";

const WARM_POINTS = 4, WARM_TIMES = 3;

/**
 * The sketcher of a model, and what a point of its fan takes on this machine, seconds.
 * @param {string} name
 * @param {number} seed
 * @param {(share: number) => void} onProgress
 * @returns {Promise<{sketcher: Sketcher, pointS: number}>}
 */
export async function loadSketcher(name, seed, onProgress = () => {}) {
  const ghost = await loadGhost(name, { seed, onProgress });
  return { sketcher: new Sketcher(ghost), pointS: await warmed(ghost) };
}

/**
 * A browser is slow with what it runs for the first time: that is over before the first stroke. Proposals cost
 * what a fan costs, and take their numbers from a stream that drawing does not use, so the seed says the same.
 * @param {any} ghost
 * @returns {Promise<number>}
 */
async function warmed(ghost) {
  let least = Infinity;
  for (let i = 0; i < WARM_TIMES; i++) {
    const startMs = performance.now();
    await ghost.propose(new Array(ghost.manifest.futures).fill(ghost.state), WARM_POINTS);
    least = Math.min(least, performance.now() - startMs);
  }
  return least / 1e3 / WARM_POINTS;
}
