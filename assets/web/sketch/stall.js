// @ts-check
/** When a drawing goes nowhere: `app/sketch/stall.py`. */
import { facts } from "./facts.js";

/**
 * How many points of `chunk` there are when the ghost has gone nowhere; null if it goes somewhere.
 * @param {ArrayLike<number>} own points of the ghost before, since a person drew last, (n, 3)
 * @param {ArrayLike<number>} chunk the ones it adds, (n, 3)
 * @param {{epsilon: number, box: number}} scale of the model
 * @returns {number | null}
 */
export function stalled(own, chunk, scale) {
  const { stall_points: window, stall_epsilons, stall_box } = facts.stall;
  const nOwn = own.length / 3, n = nOwn + chunk.length / 3;
  if (n < window) return null;
  const nowhere = Math.max(stall_epsilons * scale.epsilon, stall_box * scale.box);
  const places = [new Float64Array(n), new Float64Array(n)];
  for (const axis of [0, 1]) {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      sum += i < nOwn ? own[3 * i + axis] : chunk[3 * (i - nOwn) + axis];
      places[axis][i] = sum;
    }
  }
  for (let first = 0; first + window <= n; first++) {
    const spans = places.map((one) => {
      const part = one.subarray(first, first + window);
      return Math.max(...part) - Math.min(...part);
    });
    if (spans.every((span) => span <= nowhere)) return Math.max(first + window - nOwn, 1);
  }
  return null;
}
