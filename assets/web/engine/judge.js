// @ts-check
/** A judge of whole stretches: which proposal is nearest to the manner of a phrase. See app/engine/judge.py. */

import { constants } from "./constants.js";
import * as manner from "./manner.js";

/** @import { GesturePhrase } from "./gesture_phrase.js" */

/**
 * How far the manner of each of `others` is from that of `phrase`, 0 for the same.
 *
 * @param {GesturePhrase} phrase
 * @param {readonly GesturePhrase[]} others
 * @returns {Float64Array}
 */
export function distances(phrase, others) {
  return manner.distances(
    phrase.manner,
    others.map((other) => other.manner),
  );
}

/**
 * How ill `proposal` would follow `phrase` in `seconds`, >= 0.
 *
 * @param {GesturePhrase} phrase
 * @param {GesturePhrase} proposal
 * @param {number} seconds
 * @returns {number}
 */
export function cost(phrase, proposal, seconds) {
  const { NEAR_ENOUGH, LATE_COST } = constants.judge;
  const apart = distances(phrase, [proposal])[0] - NEAR_ENOUGH * phrase.diversity;
  return Math.max(apart, 0) + LATE_COST * Math.max(proposal.seconds - seconds, 0);
}
