// @ts-check
/** What a ghost refuses, with what was expected and what was found. */

import { GhostError } from "./errors.js";

/** @param {string} what @param {ArrayLike<number>} numbers */
export function finite(what, numbers) {
  for (let i = 0; i < numbers.length; i++)
    if (!Number.isFinite(numbers[i]))
      throw new GhostError(`${what}: expected finite numbers, got ${numbers[i]}.`);
}

/** @param {string} what @param {number} n @param {number} least @param {number} most */
export function whole(what, n, least, most) {
  if (!Number.isInteger(n) || n < least || n > most)
    throw new GhostError(`${what}: expected a whole number from ${least} to ${most}, got ${n}.`);
}

/** @param {{piTemperature?: number, sigmaTemperature?: number}} given @returns {Float32Array} */
export function checkedTemperatures({ piTemperature = 1, sigmaTemperature = 1 }) {
  const both = Float32Array.of(piTemperature, sigmaTemperature);
  if (!(both[0] > 0 && both[1] >= 0 && both.every(Number.isFinite)))
    throw new GhostError(
      `temperatures: expected pi > 0 and sigma >= 0, both finite, ` +
        `got ${piTemperature} and ${sigmaTemperature}.`,
    );
  return both;
}
