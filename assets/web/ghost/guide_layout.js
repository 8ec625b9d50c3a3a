// @ts-check
/** The densities of the models a page plays, and where in a guide the numbers of each are. As `mdn.heads`. */

import { ModelError } from "./errors.js";

/**
 * Parameters a component has of each density, and numbers a guide has.
 * @type {Record<string, {nRows: number, nGuide: number}>}
 */
const DENSITIES = {
  seconds: { nRows: 2, nGuide: 2 },
  places: { nRows: 10, nGuide: 4 },
  offsets: { nRows: 11, nGuide: 4 },
  flag: { nRows: 1, nGuide: 1 },
  pen: { nRows: 3, nGuide: 3 },
};

/** @typedef {[first: number, end: number]} Slice */

/**
 * @param {readonly string[]} densities of a manifest
 * @param {string} name of the file, for messages
 * @returns {{guideSlices: Record<string, Slice>, nGuide: number, rowSlices: Record<string, Slice>, nRows:
 *   number}} rows begin with the logit of pi
 * @throws {ModelError} one of them is not known here
 */
export function layout(densities, name) {
  /** @type {Record<string, Slice>} */
  const guideSlices = {};
  /** @type {Record<string, Slice>} */
  const rowSlices = {};
  let nGuide = 0,
    nRows = 1;
  for (const each of densities) {
    const known = DENSITIES[each];
    if (!known) {
      const expected = Object.keys(DENSITIES).join(", ");
      throw new ModelError(`${name}: expected a model of touches or drawings (${expected}), got ${each}.`);
    }
    guideSlices[each] = [nGuide, (nGuide += known.nGuide)];
    rowSlices[each] = [nRows, (nRows += known.nRows)];
  }
  return { guideSlices, nGuide, rowSlices, nRows };
}
