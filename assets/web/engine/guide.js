// @ts-check
/**
 * A guide: events of the player, moved and bent, that an answer to touches is drawn toward.
 *
 * See app/engine/guide.py and app/engine/gesture_guide.py.
 */

import { joined } from "../shared/rows.js";
import { constants } from "./constants.js";
import { square, sum } from "./numbers.js";

/** @import { GesturePhrase } from "./gesture_phrase.js" */
/** @typedef {readonly [first: number, end: number]} Part */

/**
 * Events that an answer is drawn toward; every array has a number for each of them.
 *
 * @typedef {object} GuideRows
 * @property {Float64Array} x where each is
 * @property {Float64Array} y
 * @property {Float64Array} stepX the way to there from the event before
 * @property {Float64Array} stepY
 * @property {Uint8Array} begins whether a contact begins
 * @property {Uint8Array} isReport whether it came when the screen next reported a finger that stayed down
 * @property {Float64Array} dtS seconds since the event before, above 0
 * @property {Float64Array} strength multiplies likeness
 * @property {Float64Array} pull share of the way back to the place in each step within a gesture; the rest follows steps
 * @property {Float64Array} width how far a step, or where a contact begins, may be from it: the standard
 *   deviation of its factor at likeness 1
 */

const NAMES = /** @type {const} */ ([
  "x", "y", "stepX", "stepY", "begins", "isReport", "dtS", "strength", "width", "pull",
]);

/** Events of touch that an answer is drawn toward. */
export class GestureGuide {
  /** @param {GuideRows} rows */
  constructor(rows) {
    this.rows = rows;
    this.length = rows.dtS.length;
  }

  /**
   * A part of it.
   *
   * @param {number} start
   * @param {number} [end]
   * @returns {GestureGuide}
   */
  slice(start, end = this.length) {
    const rows = Object.fromEntries(NAMES.map((name) => [name, this.rows[name].slice(start, end)]));
    return new GestureGuide(/** @type {GuideRows} */ (/** @type {unknown} */ (rows)));
  }

  /**
   * Guides that follow each other, at least one, as one.
   *
   * @param {readonly GestureGuide[]} guides
   * @returns {GestureGuide}
   */
  static joined(guides) {
    const rows = NAMES.map((name) => {
      const Type = /** @type {any} */ (name === "begins" || name === "isReport" ? Uint8Array : Float64Array);
      return [name, joined(guides.map((guide) => guide.rows[name]), Type)];
    });
    return new GestureGuide(Object.fromEntries(rows));
  }

  /**
   * The guide as a model takes it.
   *
   * @param {number} likeness 0 leaves the network alone
   * @param {Record<string, Part>} layout where the numbers of each density are in a row
   * @returns {Float32Array} `(n, n_guide)`
   */
  toward(likeness, layout) {
    const nGuide = widthOf(layout);
    const toward = new Float32Array(this.length * nGuide);
    for (const [density, [start]] of Object.entries(layout)) {
      for (let i = 0; i < this.length; i++) {
        toward.set(FACTORS[density](this, i, likeness * this.rows.strength[i]), i * nGuide + start);
      }
    }
    return toward;
  }
}

/**
 * How many numbers a row of a guide has.
 *
 * @param {Record<string, Part>} layout
 * @returns {number}
 */
export function widthOf(layout) {
  return Math.max(0, ...Object.values(layout).map(([, end]) => end));
}

/**
 * How far a step may be from each of the phrase's, see `GuideRows`.
 *
 * @param {GesturePhrase} phrase
 * @returns {Float64Array}
 */
export function stepWidths(phrase) {
  const { STEP, SLOW, CORNER, SHAPE, MOST_TURNING } = constants.gesture_guide;
  const { stepX, stepY, begins, unit } = phrase;
  // From a step of the same gesture.
  const goesOn = stepX.map((_, i) => Number(i > 0 && !begins[i] && !begins[i - 1]));
  const turn = stepX.map((dx, i) =>
    goesOn[i] ? Math.sqrt(square(dx - stepX[i - 1]) + square(stepY[i] - stepY[i - 1])) / unit : 0,
  );
  const turning = Math.min(sum(turn) / Math.max(sum(goesOn), 1), MOST_TURNING);
  const all = (STEP * unit) / Math.sqrt(1 + square(SHAPE * turning));
  return stepX.map((dx, i) => {
    const length = Math.sqrt(square(dx) + square(stepY[i])) / unit;
    return (all * Math.min(Math.max(length, SLOW), 1)) / Math.sqrt(1 + square(CORNER * turn[i]));
  });
}

/** @type {Record<string, (guide: GestureGuide, i: number, near: number) => number[]>} */
const FACTORS = { seconds, places: positions, pair: positions, flag };

/**
 * @param {GestureGuide} guide
 * @param {number} i
 * @param {number} near
 */
function seconds(guide, i, near) {
  const { TIME, REPORT } = constants.gesture_guide;
  const width = guide.rows.isReport[i] ? REPORT : TIME;
  return [Math.log(guide.rows.dtS[i] + constants.seconds.SHIFT_S), square(near / width)];
}

/**
 * A contact begins at its place. A drag goes on by the guide's step, and a little toward its place.
 *
 * @param {GestureGuide} guide
 * @param {number} i
 * @param {number} near
 */
function positions(guide, i, near) {
  const { x, y, stepX, stepY, width } = guide.rows;
  const pull = guide.rows.begins[i] ? 1 : guide.rows.pull[i];
  const targets = [pull * x[i] + (1 - pull) * stepX[i], pull * y[i] + (1 - pull) * stepY[i]];
  return [...targets, 1 - pull, square(near / width[i])];
}

/**
 * @param {GestureGuide} guide
 * @param {number} i
 * @param {number} near
 */
function flag(guide, i, near) {
  const { FLAG } = constants.gesture_guide;
  return [(guide.rows.begins[i] ? -FLAG : FLAG) * Math.min(near, constants.guide.MAX_NEAR)];
}
