// @ts-check
/**
 * Joints: how well each row of a phrase goes on after what an answer was led to last. See app/engine/joint.py.
 */

import { constants } from "./constants.js";

/** @import { GesturePhrase } from "./gesture_phrase.js" */

/**
 * Where a stretch of a phrase was left, unbent.
 *
 * @typedef {object} Left
 * @property {number} x of its last row
 * @property {number} y
 * @property {number} stepX
 * @property {number} stepY
 * @property {number} sinceS
 * @property {number} gapS
 * @property {boolean} isDown whether its gesture goes on
 */

/**
 * Before `row` of `phrase`, or at its end, with a finger that is lifted.
 *
 * @param {GesturePhrase} phrase
 * @param {number} row
 * @returns {Left}
 */
export function leftBefore(phrase, row) {
  const last = row - 1;
  return {
    x: phrase.x[last],
    y: phrase.y[last],
    stepX: phrase.stepX[last],
    stepY: phrase.stepY[last],
    sinceS: phrase.sinceS[last],
    gapS: phrase.gapS[last],
    isDown: row < phrase.length && !phrase.begins[row],
  };
}

/**
 * How ill each row of `source` goes on after `left` in an answer to `phrase`, >= 0.
 *
 * @param {GesturePhrase} source
 * @param {Left} left
 * @param {GesturePhrase} phrase
 * @returns {Float64Array}
 */
export function joinCosts(source, left, phrase) {
  const { JOIN_COST, LEAP_COST, LEAST_LEAP, TIME_COST, AGE_COST, LIFT_COST, PRESS_COST } = constants.joint;
  const leap = LEAP_COST * Math.max(phrase.leap, LEAST_LEAP);
  return source.x.map((_, i) => {
    // What came before. After the end of a phrase its first contact comes, as if it were played again.
    const before = i > 0 ? i - 1 : source.begins[0] ? source.length - 1 : 0;
    const apart = distance(source.x[before] - left.x, source.y[before] - left.y);
    const length = phrase.lifts ? unlike(source.sinceS[before], left.sinceS) : 0;
    if (source.begins[i]) {
      const gap = unlike(source.gapS[before], left.gapS);
      return apart / leap + (length + gap) / TIME_COST + (left.isDown ? LIFT_COST : 0);
    }
    let cost = apart / (JOIN_COST * phrase.unit) + length / AGE_COST;
    if (left.isDown) cost += distance(source.stepX[i] - left.stepX, source.stepY[i] - left.stepY) / phrase.unit;
    else cost += PRESS_COST;
    return i === 0 ? cost + PRESS_COST : cost; // the first has no step
  });
}

/**
 * How many times longer or shorter, the size of the logarithm.
 *
 * @param {number} seconds
 * @param {number} otherS
 */
function unlike(seconds, otherS) {
  const { TIME_SHIFT_S } = constants.joint;
  return Math.abs(Math.log((seconds + TIME_SHIFT_S) / (otherS + TIME_SHIFT_S)));
}

/**
 * @param {number} x
 * @param {number} y
 */
function distance(x, y) {
  return Math.sqrt(x * x + y * y);
}
