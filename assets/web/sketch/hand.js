// @ts-check
/**
 * How a hand draws places that nobody timed: along their curve, slower at corners, lighter at the end:
 * `app/pictures/hand.py`.
 */
import * as curves from "../shared/curves.js";
import { facts } from "./facts.js";

/**
 * The way of a hand.
 * @typedef {object} HandStroke
 * @property {number[][]} places in the unit of what it was given
 * @property {number[]} point which of the given points it passes at each, the last if several, -1 for none
 * @property {number[]} timeS seconds from the start, never falling
 * @property {number[]} pressure (0, 1]
 */

/**
 * A stroke through points, on a canvas of `side`.
 * @param {number[][]} points at least one
 * @param {number} side
 * @param {{begins?: boolean, lifts?: boolean}} how whether it touches down with the first, and leaves after the last
 * @returns {HandStroke}
 */
export function handStroke(points, side = 1, { begins = true, lifts = true } = {}) {
  const kept = curves.distinct(points);
  const number = kept.map((_, i) => (i + 1 < kept.length ? kept[i + 1] : points.length) - 1);
  const places = [points[0].slice(0, 2)], point = [number[0]];
  curves.beziers(facts.curves, kept.map((i) => points[i])).forEach((bend, i) => {
    const long = Math.hypot(bend[6] - bend[0], bend[7] - bend[1]) / side / facts.hand.grain;
    const n = Math.max(1, roundHalfEven(long));
    for (let k = 1; k <= n; k++) {
      places.push(curves.at(bend, k / n));
      point.push(k === n ? number[i + 1] : -1);
    }
  });
  const steps = places.slice(1).map((place, i) => [(place[0] - places[i][0]) / side, (place[1] - places[i][1]) / side]);
  const length = steps.map(([x, y]) => Math.hypot(x, y)), passed = [0];
  for (const one of length) passed.push(passed[passed.length - 1] + one);
  return { places, point, timeS: times(steps, length, passed), pressure: pressures(places, side, passed, begins, lifts) };
}

/** As Python rounds. */
function roundHalfEven(/** @type {number} */ value) {
  const low = Math.floor(value), rest = value - low;
  if (rest !== 0.5) return Math.round(value);
  return low % 2 ? low + 1 : low;
}

/** Seconds at which each place is passed. */
function times(/** @type {number[][]} */ steps, /** @type {number[]} */ length, /** @type {number[]} */ passed) {
  const { sharp, quickest, careful, ease } = facts.hand;
  const heading = steps.map(([x, y]) => Math.atan2(y, x));
  const slow = [0];
  for (let i = 0; i + 1 < heading.length; i++) {
    let turn = heading[i + 1] - heading[i];
    turn -= 2 * Math.PI * Math.round(turn / (2 * Math.PI)); // as numpy.unwrap
    if (Math.abs(turn) > sharp) slow.push(passed[i + 1]);
  }
  slow.push(passed[passed.length - 1]);
  const speed = passed.map((at) => {
    const near = Math.min(...slow.map((one) => Math.abs(at - one)));
    return quickest * (careful + (1 - careful) * Math.min(1, near / ease));
  });
  const found = [0];
  length.forEach((one, i) => found.push(found[i] + one / ((speed[i + 1] + speed[i]) / 2)));
  return found;
}

function pressures(
  /** @type {number[][]} */ places, /** @type {number} */ side, /** @type {number[]} */ passed,
  /** @type {boolean} */ begins, /** @type {boolean} */ lifts,
) {
  const { press, press_over, taper, taper_over, taper_most, across: flat, turn } = facts.hand;
  const total = passed[passed.length - 1];
  if (total === 0) return passed.map(() => press);
  const xs = places.map((place) => place[0] / side), ys = places.map((place) => place[1] / side);
  const rise = (/** @type {number} */ share) => Math.sin(Math.min(Math.max(share, 0), 1) * (Math.PI / 2));
  return passed.map((at) => {
    const ahead = Math.min(at + turn, total), behind = Math.max(at - turn, 0);
    const [across, down] = [xs, ys].map((one) => Math.abs(interp(ahead, passed, one) - interp(behind, passed, one)));
    let pressure = 1 - ((1 - flat) * across) / Math.max(Math.hypot(across, down), 1e-9);
    if (begins) pressure *= press + (1 - press) * rise(at / Math.min(press_over, total / 3));
    if (lifts) pressure *= taper + (1 - taper) * rise((total - at) / Math.min(taper_over, taper_most * total));
    return pressure;
  });
}

/**
 * As numpy.interp: the value at `x` between rising `xs`.
 * @param {number} x
 * @param {number[]} xs
 * @param {number[]} values
 * @returns {number}
 */
export function interp(x, xs, values) {
  const n = xs.length;
  if (x <= xs[0]) return values[0];
  if (x >= xs[n - 1]) return values[n - 1];
  let low = 0, high = n - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xs[middle] <= x) low = middle;
    else high = middle;
  }
  return values[low] + ((values[high] - values[low]) / (xs[high] - xs[low])) * (x - xs[low]);
}
