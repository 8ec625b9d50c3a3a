// @ts-check
/** Requests of the page to the model, and the responses: `requests.py`. Plain data. */

/** What is asked for. */
export const Kind = Object.freeze({
  COMPLETE: "complete", ENDINGS: "endings", FREE: "free", FAN: "fan", INSIDE: "inside",
});

/** Whether it is only looked at. @param {string} what */
export function isPreview(what) {
  return what === Kind.FAN || what === Kind.INSIDE;
}

/**
 * A question about a drawing.
 * @typedef {object} Request
 * @property {string} what one of `Kind`
 * @property {Float32Array[]} strokes what the model has heard: the places of each stroke, model units
 * @property {boolean} isOpen whether the pen is still on the paper at the end of the last of them
 * @property {Float32Array | null} drawing the places of a stroke that a person is drawing; null if there is none
 * @property {number[]} temperatures pi and sigma
 * @property {number} box side of the paper, which the drawing does not leave, model units
 * @property {number} nEndings of ENDINGS
 * @property {number} nChanges of the page that is asked about
 * @property {boolean} [isHurried] whether the pen goes on, and a late answer is of little use
 */

/**
 * What the ghost says.
 * @typedef {object} Response
 * @property {Request} request to this
 * @property {import("./sketcher.js").Drawn} [drawn] one drawing, or the next of several endings
 * @property {Float32Array[]} [futures] of FAN
 * @property {any} [mixture] of INSIDE
 * @property {Float32Array[]} [units] of INSIDE: those of each layer, -1 to 1
 * @property {string} [fault] why there is no answer
 * @property {number} [seconds] what the model took, of a preview
 */

/** Whether the pen is on the paper. @param {Request} request */
export function isDown(request) {
  return request.isOpen || request.drawing !== null;
}

/** Where the pen is. @param {Request} request @returns {number[] | null} */
export function tipOf(request) {
  const last = request.drawing ?? request.strokes[request.strokes.length - 1];
  return last ? [last[last.length - 2], last[last.length - 1]] : null;
}
