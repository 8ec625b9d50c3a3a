// @ts-check
/**
 * The course of an answer to touch: which gestures it follows, bent how far, and how closely.
 *
 * See app/engine/course.py: the same numbers are drawn in the same order.
 */

import { layOut } from "./answer_form.js";
import { constants } from "./constants.js";
import { GestureGuide, stepWidths } from "./guide.js";
import { joinCosts, leftBefore } from "./joint.js";
import { argmin, cumulative, mean, search, sum } from "./numbers.js";

/** @import { GesturePhrase } from "./gesture_phrase.js" */
/** @import { Section } from "./answer_form.js" */

/**
 * What is left to chance comes from one of these; `ghost.rng` makes them.
 *
 * @typedef {object} Generator
 * @property {() => number} random in [0, 1)
 * @property {() => number} standardNormal
 * @property {() => number} gumbel
 * @property {(low: number, high: number) => number} integers from `low` to below `high`
 */

/**
 * A guide from the phrase's end on, for about `seconds`: an answer, or a part of a longer one.
 *
 * @param {GesturePhrase} phrase what is answered
 * @param {number} seconds
 * @param {Generator} rng
 * @param {readonly GesturePhrase[]} [others] like phrases of the evening that it may depart to
 * @param {{begins?: boolean, ends?: boolean}} [how] whether it is the first part, which begins as the phrase does, and
 *   the last, which ends so
 * @returns {GestureGuide}
 */
export function plan(phrase, seconds, rng, others = [], { begins = true, ends = true } = {}) {
  const course = new Course(phrase, rng, others);
  layOut(constants.course.FORM, course, phrase.seconds, seconds, rng, { begins, ends });
  return GestureGuide.joined(course.parts);
}

/**
 * A part of a diverse phrase, chosen by chance, from where a gesture begins if one does near by.
 *
 * @param {GesturePhrase} phrase
 * @param {Generator} rng
 */
function dweltOn(phrase, rng) {
  const { PART, MIN_GAP_S, MIN_PHRASE_ROWS } = constants.course;
  const times = phrase.onsetS;
  const lastsS = phrase.seconds * (1 - (1 - PART) * phrase.diversity);
  const startS = rng.random() * (phrase.seconds - lastsS);
  const end = search(times, startS + lastsS + MIN_GAP_S);
  const start = beginNear(phrase.begins, times, search(times, startS));
  const isPart = MIN_PHRASE_ROWS <= end - start && end - start < phrase.length; // what is whole is known already
  return isPart ? phrase.part(start, end) : phrase;
}

/**
 * The row where the nearest gesture begins if that is within half a second, or else `row`.
 *
 * @param {Uint8Array} begins
 * @param {Float64Array} timesS
 * @param {number} row
 */
function beginNear(begins, timesS, row) {
  const rows = rowsOf(begins, 0);
  if (!rows.length) return row;
  const nearest = rows[argmin(rows.map((each) => Math.abs(timesS[each] - timesS[row])))];
  return Math.abs(timesS[nearest] - timesS[row]) < 0.5 ? nearest : row;
}

/**
 * From `start` on, the rows that begin a gesture.
 *
 * @param {Uint8Array} begins
 * @param {number} start
 */
function rowsOf(begins, start) {
  const rows = [];
  for (let i = start; i < begins.length; i++) if (begins[i]) rows.push(i);
  return rows;
}

/** A guide in the making, from the end of a phrase on. */
class Course {
  /**
   * @param {GesturePhrase} phrase
   * @param {Generator} rng
   * @param {readonly GesturePhrase[]} others
   */
  constructor(phrase, rng, others) {
    const { ANSWER_SIZE, ANSWER_STRETCH, ANSWER_SHIFT } = constants.course;
    this._phrase = phrase;
    this._rng = rng;
    this._others = others;
    this._part = dweltOn(phrase, rng);
    // What the answer as a whole is bent by.
    const bend = phrase.diversity;
    this._size = ANSWER_SIZE * bend * rng.standardNormal();
    this._stretch = ANSWER_STRETCH * bend * rng.standardNormal();
    this._shift = [0, 0].map(() => ANSWER_SHIFT * bend * rng.standardNormal());
    /** @type {GestureGuide[]} */
    this.parts = [];
    this.seconds = 0;
    this._left = leftBefore(phrase, phrase.length); // where the answer is led to so far
  }

  /**
   * Add about `seconds` of what is dwelt on, from its first row or from where it fits.
   *
   * @param {Section} section
   * @param {number} seconds
   * @param {boolean} [fromStart]
   */
  add(section, seconds, fromStart = false) {
    let source = this._part;
    if (this._others.length && this._rng.random() < section.elsewhere) {
      source = this._others[this._rng.integers(0, this._others.length)];
    }
    source = this._mirrored(source, section);
    const start = fromStart ? 0 : this._joint(source, seconds);
    this._take(source, start, this._end(source, start, seconds), section);
  }

  /**
   * Add the end of the phrase, about `seconds` of it.
   *
   * @param {Section} section
   * @param {number} seconds
   */
  addEnd(section, seconds) {
    const source = this._phrase;
    const { LATE_COST, MOST_LATE_S } = constants.course;
    const lateS = leftS(source).map((left) => Math.abs(left - seconds));
    const latest = lateS[argmin(lateS)] + MOST_LATE_S;
    const costs = joinCosts(source, this._left, source).map((cost, i) => cost + lateS[i] / LATE_COST);
    const start = argmin(costs.map((cost, i) => (lateS[i] > latest ? Infinity : cost)));
    this._take(source, start, source.length, section);
  }

  /**
   * `source`, or by chance its mirror image.
   *
   * @param {GesturePhrase} source
   * @param {Section} section
   */
  _mirrored(source, section) {
    return this._rng.random() < section.mirrored ? source.mirrored(this._rng.integers(0, 2)) : source;
  }

  /**
   * A row of `source` that goes on well after what was added last, for a good part of `seconds`.
   *
   * @param {GesturePhrase} source
   * @param {number} seconds
   */
  _joint(source, seconds) {
    const { LEAST_PART, JOIN_NOISE } = constants.course;
    const leastS = LEAST_PART * Math.min(seconds, source.seconds);
    const left = leftS(source);
    const costs = joinCosts(source, this._left, this._phrase).map((cost, i) => {
      const noise = this._rng.gumbel();
      return left[i] < leastS ? Infinity : cost - JOIN_NOISE * noise;
    });
    return argmin(costs);
  }

  /**
   * The row before which a stretch from `start` ends: after `seconds`, or with its gesture if that is near.
   *
   * @param {GesturePhrase} source
   * @param {number} start
   * @param {number} seconds
   */
  _end(source, start, seconds) {
    const times = cumulative(source.dtS.subarray(start));
    const end = start + Math.max(search(times, seconds, true), 1);
    const gesture = rowsOf(source.begins, end)[0] ?? source.length;
    return sum(source.dtS, end, gesture) < 0.4 ? gesture : end;
  }

  /**
   * @param {GesturePhrase} source
   * @param {number} start
   * @param {number} end
   * @param {Section} section
   */
  _take(source, start, end, section) {
    const { STRETCH, REPORT_S, CHORD_S, MIN_GAP_S, FREEDOM, PULL, WANDERING } = constants.course;
    const bent = this._bent(source, start, end, section);
    const stretch = Math.exp(STRETCH * section.bend * this._rng.standardNormal() + this._stretch);
    const dtS = source.dtS.slice(start, end).map((gap) => (gap < REPORT_S ? gap : gap * stretch));
    const begins = source.begins.slice(start, end);
    if (!this._left.isDown) begins[0] = 1; // nothing goes on from a finger that was lifted
    if (start === 0 || (begins[0] && dtS[0] < CHORD_S)) dtS[0] = source.usualGapS;
    const strength = dtS.map(() => section.strength * (1 - FREEDOM * this._phrase.diversity));
    const isReport = begins.map((begin, i) => Number(!begin && source.dtS[start + i] < REPORT_S && dtS[i] < REPORT_S));
    const ofSteps = stepWidths(source).subarray(start, end);
    const ofContact = this._phrase.scatter * constants.gesture_guide.CONTACT;
    const width = ofSteps.map((each, i) => (begins[i] ? ofContact : each));
    const pull = dtS.map(() => PULL * (1 - WANDERING * this._phrase.diversity));
    this.parts.push(new GestureGuide({ ...bent, begins, isReport, dtS, strength, width, pull }));
    this.seconds += sum(dtS.map((gap) => Math.max(gap, MIN_GAP_S)));
    this._left = leftBefore(source, end);
  }

  /**
   * Places and steps of a stretch, bent as a whole around its middle, or gesture by gesture.
   *
   * @param {GesturePhrase} source
   * @param {number} start
   * @param {number} end
   * @param {Section} section
   */
  _bent(source, start, end, section) {
    const { SIZE, TURN, NOVEL_TURN, SHIFT } = constants.course;
    const [rng, bend] = [this._rng, section.bend];
    const size = Math.exp(SIZE * bend * rng.standardNormal() + this._size);
    const turn = TURN + (NOVEL_TURN - TURN) * this._phrase.novelty;
    const angle = turn * bend * rng.standardNormal();
    const across = [size * Math.cos(angle), -size * Math.sin(angle)]; // of a way in x and in y, what is x after it ...
    const down = [size * Math.sin(angle), size * Math.cos(angle)]; // ... and what is y
    const shift = this._shift.map((whole) => rng.standardNormal() * (SHIFT * bend) + whole);
    const [x, y] = [source.x.subarray(start, end), source.y.subarray(start, end)];
    const [middleX, middleY] = [mean(x), mean(y)];
    const wayX = x.map((each, i) => (each - middleX) * across[0] + (y[i] - middleY) * across[1]);
    const wayY = x.map((each, i) => (each - middleX) * down[0] + (y[i] - middleY) * down[1]);
    const larger = Math.max(extent(wayX), extent(wayY), 1); // than the canvas, which no stretch is
    const placeX = this._anchored(wayX.map((each) => each / larger + middleX + shift[0]), x, source.contact, start);
    const placeY = this._anchored(wayY.map((each) => each / larger + middleY + shift[1]), y, source.contact, start);
    const [dx, dy] = [source.stepX.subarray(start, end), source.stepY.subarray(start, end)];
    const stepX = dx.map((each, i) => (each * across[0] + dy[i] * across[1]) / larger);
    const stepY = dx.map((each, i) => (each * down[0] + dy[i] * down[1]) / larger);
    return { x: onCanvas(placeX), y: onCanvas(placeY), stepX, stepY };
  }

  /**
   * One coordinate, each gesture bent around where it begins, as far as its player comes back to that place.
   *
   * @param {Float64Array} place bent
   * @param {Float64Array} was before
   * @param {number[]} contact of each row of the whole phrase the first row of its gesture
   * @param {number} start the row of the phrase that they begin with
   */
  _anchored(place, was, contact, start) {
    return place.map((each, i) => {
      const first = Math.max(contact[start + i] - start, 0);
      return each - (1 - this._phrase.scatter) * (place[first] - was[first]);
    });
  }
}

/**
 * The lowest and the highest of the numbers.
 *
 * @param {Float64Array} numbers
 * @returns {[number, number]}
 */
function limits(numbers) {
  const low = numbers.reduce((least, each) => Math.min(least, each), Infinity);
  const high = numbers.reduce((most, each) => Math.max(most, each), -Infinity);
  return [low, high];
}

/** @param {Float64Array} numbers */
function extent(numbers) {
  const [low, high] = limits(numbers);
  return high - low;
}

/**
 * All of it is on the canvas: moved there, and held at the edges where gestures bent one by one reach farther.
 *
 * @param {Float64Array} place
 */
function onCanvas(place) {
  const [low, high] = limits(place);
  const shift = Math.min(Math.max(0, -low), 1 - high);
  return place.map((each) => Math.min(Math.max(each + shift, 0), 1));
}

/**
 * Seconds after each row.
 *
 * @param {GesturePhrase} source
 */
function leftS(source) {
  return source.onsetS.map((time) => source.seconds - time);
}
