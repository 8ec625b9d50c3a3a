// @ts-check
/**
 * Browsers compile WebAssembly quickly at first, and again, well, what has run often: the first answer would
 * take ten times as long as all others. So a model runs for nobody before it is played.
 */

const WARM_MS = 400;

/**
 * @param {import("./opened.js").Opened} opened
 * @returns {Promise<number>} seconds that a step of all futures takes on this machine
 */
export async function warmUp(opened) {
  const { manifest, nNoise, nGuide, nColumns } = opened;
  const state = { tensor: new Float32Array(opened.stateSize), event: null };
  const temperatures = Float32Array.of(1, 1);
  const noise = new Float32Array(manifest.generate_events * nNoise).fill(0.5);
  const guide = new Float32Array(manifest.generate_events * nGuide);
  const events = new Float32Array(manifest.feed_events * nColumns);
  const { futures, future_events: length } = manifest;
  const states = Array.from({ length: futures }, () => state);
  const draws = new Float32Array(length * futures * nNoise).fill(0.5);
  const end = performance.now() + WARM_MS;
  let leastMs = Infinity;
  for (let i = 0; performance.now() < end; i++) {
    await opened.feed(events, state.tensor);
    await opened.sample(state, noise, temperatures, guide);
    await opened.sample(state, noise, temperatures);
    if (i % 4) continue;
    const startMs = performance.now();
    await opened.propose(states, length, draws, temperatures, null);
    leastMs = Math.min(leastMs, performance.now() - startMs);
  }
  return leastMs / 1000 / length;
}
