// @ts-check
/**
 * The futures of a pen, or the model's mixture, as straight pieces of light: `light_segments.py`.
 * A piece is six numbers: x, y of its start and end, and the light at both.
 */
import { facts } from "./facts.js";
import { DRAW } from "./strokes.js";

/**
 * Futures of the pen as light.
 * @param {Float32Array[]} futures points of a sketch model, (n, 3) each
 * @param {number[]} tip where the pen is, pixels
 * @param {number} scale pixels to a model unit
 * @param {boolean} isDown whether the pen is on the paper
 * @returns {number[][]}
 */
export function fanSegments(futures, tip, scale, isDown) {
  const { fan_light, far_light, air_light, least_air } = facts.light_segments, found = [];
  const { future_points } = facts.model_thread;
  for (const future of futures) {
    let [x, y] = tip, inAir = !isDown;
    for (let i = 0; i < future.length; i += 3) {
      const number = i / 3, share = fan_light * (inAir ? air_light : 1);
      const light = share * far_light ** (number / future_points), after = share * far_light ** ((number + 1) / future_points);
      const [toX, toY] = [x + future[i] * scale, y + future[i + 1] * scale];
      if (!(inAir && light < least_air)) found.push([x, y, toX, toY, light, after]);
      [x, y, inAir] = [toX, toY, future[i + 2] !== DRAW];
    }
  }
  return found;
}

/**
 * The components of the next step as ellipses of one and two standard deviations, bright by weight.
 * @param {{pi: ArrayLike<number>, mean: ArrayLike<number>, covariance: ArrayLike<number>}} mixture (k), (k, 2), (k, 2, 2)
 * @param {number[]} tip where the pen is, pixels
 * @param {number} scale pixels to a model unit
 * @returns {number[][]}
 */
export function mixtureSegments(mixture, tip, scale) {
  const { mixture_light, least_share } = facts.light_segments, n = facts.ellipse, found = [];
  for (let k = 0; k < mixture.pi.length; k++) {
    const share = mixture.pi[k], [x, y] = [0, 1].map((axis) => tip[axis] + mixture.mean[2 * k + axis] * scale);
    const [a, b, , d] = Array.from({ length: 4 }, (_, i) => mixture.covariance[4 * k + i]);
    if (!(share >= least_share) || ![x, y, a, b, d].every(Number.isFinite)) continue;
    const mid = (a + d) / 2, off = Math.hypot((a - d) / 2, b), turn = Math.atan2(2 * b, a - d) / 2;
    const [long, short] = [mid + off, mid - off].map((value) => Math.sqrt(Math.max(value, 1e-6)) * scale);
    const bright = mixture_light * (0.07 + 0.93 * Math.sqrt(share));
    for (const [size, weight] of [[1, 1], [2, 0.4]]) {
      let last = /** @type {number[] | null} */ (null);
      for (let i = 0; i <= n; i++) {
        const u = size * long * Math.cos((2 * Math.PI * i) / n), v = size * short * Math.sin((2 * Math.PI * i) / n);
        const place = [x + u * Math.cos(turn) - v * Math.sin(turn), y + u * Math.sin(turn) + v * Math.cos(turn)];
        if (last) found.push([...last, ...place, weight * bright, weight * bright]);
        last = place;
      }
    }
    found.push([...tip, x, y, 0, 0.4 * share]);
  }
  return found;
}
