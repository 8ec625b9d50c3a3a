// @ts-check
/**
 * Events as plain objects: what fingers do, with time, source and voice.
 *
 * Times are monotonic seconds, positions fractions of the canvas in [0, 1], origin top left. An event is never
 * changed once made.
 */

/** @typedef {"player" | "ghost"} Source */

/**
 * A finger is on the canvas.
 *
 * @typedef {object} Touch
 * @property {"touch"} kind
 * @property {number} timeS
 * @property {Source} source
 * @property {number} voice
 * @property {number} x
 * @property {number} y
 * @property {boolean} moving false for the first event of a contact
 * @property {number} pressure in (0, 1]; 1 where the device does not tell
 */

/**
 * The finger of `voice` left the canvas.
 *
 * @typedef {object} Release
 * @property {"release"} kind
 * @property {number} timeS
 * @property {Source} source
 * @property {number} voice
 */

/** @typedef {Touch | Release} Event */

/**
 * @param {number} timeS
 * @param {Source} source
 * @param {number} voice
 * @param {number} x
 * @param {number} y
 * @param {boolean} moving
 * @param {number} [pressure]
 * @returns {Touch}
 */
export function touch(timeS, source, voice, x, y, moving, pressure = 1) {
  return { kind: "touch", timeS, source, voice, x, y, moving, pressure };
}

/**
 * @param {number} timeS
 * @param {Source} source
 * @param {number} voice
 * @returns {Release}
 */
export function release(timeS, source, voice) {
  return { kind: "release", timeS, source, voice };
}
