// @ts-check
/** Manner: what stays the same in somebody's playing, as numbers. See app/engine/manner.py. */

import { constants } from "./constants.js";
import { mean, median, quantiles, square, sum } from "./numbers.js";

/**
 * The statistics of a stretch in their units.
 *
 * @param {Float64Array} x of each event, at least one
 * @param {Float64Array} y
 * @param {Float64Array} dtS seconds since the event before; the first one does not count
 * @param {Uint8Array} begins whether an event begins a gesture
 * @returns {Float64Array} `(13,)`
 */
export function manner(x, y, dtS, begins) {
  const n = x.length;
  const gapsS = dtS.subarray(1);
  const steps = Array.from({ length: n - 1 }, (_, i) => [x[i + 1] - x[i], y[i + 1] - y[i]]);
  const lengths = steps.map(([dx, dy]) => Math.sqrt(dx * dx + dy * dy));
  const seconds = Math.max(sum(gapsS), 0.1);
  const gaps = n > 1 ? Array.from(gapsS, (gap) => Math.log(Math.max(gap, 0) + 1e-3)) : [0];
  const [low, middle, high] = quantiles(gaps, [0.25, 0.5, 0.75]);
  const isDrag = (/** @type {unknown} */ _, /** @type {number} */ i) => !begins[i + 1];
  const drags = lengths.filter(isDrag);
  const leaps = lengths.filter((_, i) => begins[i + 1]);
  const dragsS = Array.from(gapsS).filter(isDrag);
  const nBegins = begins.reduce((count, begin) => count + begin, 0);
  return Float64Array.of(
    Math.log(n / seconds + 0.5) / 0.6,
    Math.log(nBegins / seconds + 0.3) / 0.6,
    (n > 1 ? drags.length / (n - 1) : 0) / 0.25,
    Math.log(mean(drags) + 0.003) / 0.5,
    Math.log(sum(drags) / Math.max(sum(dragsS), 0.02) + 0.05) / 0.5,
    (leaps.length ? median(leaps) : 0) / 0.15,
    middle / 0.5,
    (high - low) / 0.7,
    turning(steps, lengths, begins) / 0.35,
    mean(x) / 0.12,
    mean(y) / 0.12,
    extent(x) / 0.18,
    extent(y) / 0.18,
  );
}

/**
 * How far manners are from one: the sum of squares over statistics, 0 for the same.
 *
 * @param {Float64Array} one
 * @param {readonly Float64Array[]} others
 * @returns {Float64Array}
 */
export function distances(one, others) {
  const most = constants.manner.MOST;
  return Float64Array.from(others, (other) =>
    sum(other.map((number, i) => square(Math.min(Math.abs(number - one[i]), most)))),
  );
}

/**
 * Mean size of the angle between two steps of a drag, radians; 0 where there are none.
 *
 * @param {number[][]} steps
 * @param {number[]} lengths
 * @param {Uint8Array} begins
 */
function turning(steps, lengths, begins) {
  const hasDirection = lengths.map((length, i) => !begins[i + 1] && length > constants.manner.STILL);
  const angles = steps.map(([dx, dy]) => Math.atan2(dy, dx));
  const turns = [];
  for (let i = 1; i < steps.length; i++) {
    if (!hasDirection[i] || !hasDirection[i - 1]) continue;
    const turn = (angles[i] - angles[i - 1] + Math.PI) % (2 * Math.PI);
    turns.push(Math.abs((turn < 0 ? turn + 2 * Math.PI : turn) - Math.PI));
  }
  return mean(turns);
}

/** @param {Float64Array} values */
function extent(values) {
  let [low, high] = [values[0], values[0]];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return high - low;
}
