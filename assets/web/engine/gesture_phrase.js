// @ts-check
/** A phrase of touch: rows as the model hears them, and what is asked of them. See app/engine/gesture_phrase.py. */

import { constants } from "./constants.js";
import { distances, manner } from "./manner.js";
import { cumulative, mean, median, search, sum } from "./numbers.js";

/** @import { Columns } from "./event_rows.js" */

/** A stretch of one finger. What is derived from its rows is computed when it is first asked for. */
export class GesturePhrase {
  /**
   * @param {Columns} columns
   * @param {Float32Array} rows `(n, n_columns)`, at least one; the first dt is the silence before
   */
  constructor(columns, rows) {
    this.columns = columns;
    this.rows = rows;
    this.length = rows.length / columns.n;
    this.x = this._column(columns.x);
    this.y = this._column(columns.y);
    /** Seconds since the row before. */
    this.dtS = this._column(columns.dt);
    /** Whether a row begins a contact. */
    this.begins = Uint8Array.from(this._column(columns.moving), (moving) => Number(moving < 0.5));
    /** Seconds from the first row to the last. */
    this.seconds = sum(this.dtS, 1);
    /** Seconds since the first row. */
    this.onsetS = cumulative(this.dtS).map((time) => time - this.dtS[0]);
    /** The way from the row before. */
    this.stepX = this.x.map((each, i) => each - this.x[Math.max(i - 1, 0)]);
    this.stepY = this.y.map((each, i) => each - this.y[Math.max(i - 1, 0)]);
  }

  /**
   * Other rows of the same columns.
   *
   * @param {Float32Array} rows
   */
  of(rows) {
    return new GesturePhrase(this.columns, rows);
  }

  /**
   * A part of it: rows start .. end.
   *
   * @param {number} start
   * @param {number} end
   */
  part(start, end) {
    return this.of(this.rows.subarray(start * this.columns.n, end * this.columns.n));
  }

  /**
   * Its mirror image where it is: one coordinate the other way round.
   *
   * @param {number} axis 0: x, 1: y
   */
  mirrored(axis) {
    const at = axis ? this.columns.y : this.columns.x;
    const values = Float32Array.from({ length: this.length }, (_, i) => this.rows[i * this.columns.n + at]);
    const low = values.reduce((least, each) => Math.min(least, each), Infinity);
    const high = values.reduce((most, each) => Math.max(most, each), -Infinity);
    const rows = this.rows.slice();
    values.forEach((value, i) => (rows[i * this.columns.n + at] = Math.fround(low + high) - value));
    return this.of(rows);
  }

  /** Seconds since the gesture began that each row is of. */
  get sinceS() {
    this._sinceS ??= this.onsetS.map((time, i) => time - this.onsetS[this.contact[i]]);
    return this._sinceS;
  }

  /** Seconds before the gesture that each row is of; before the first the usual ones. */
  get gapS() {
    this._gapS ??= this.dtS.map((_, i) => (this.contact[i] ? this.dtS[this.contact[i]] : this.usualGapS));
    return this._gapS;
  }

  /** Seconds between two gestures: the median, of chords those between chords. */
  get usualGapS() {
    if (this._usualGapS === undefined) {
      const { CHORD_S, USUAL_GAP_S } = constants.gesture_phrase;
      const gaps = this.dtS.filter((gap, i) => i > 0 && this.begins[i] && gap >= CHORD_S);
      this._usualGapS = gaps.length ? median(gaps) : USUAL_GAP_S;
    }
    return this._usualGapS;
  }

  /** Whether there is more than one gesture in it. */
  get lifts() {
    this._lifts ??= this.begins.subarray(1).includes(1);
    return this._lifts;
  }

  /** The typical way from one gesture to the next; 0 where there is one gesture. */
  get leap() {
    if (this._leap === undefined) {
      const leaps = this._lengths().filter((_, i) => i > 0 && this.begins[i]);
      this._leap = leaps.length ? median(leaps) : 0;
    }
    return this._leap;
  }

  /** The first row of the gesture that each row is of. */
  get contact() {
    let first = 0;
    this._contacts ??= Array.from(this.begins, (begin, i) => (first = begin ? i : first));
    return this._contacts;
  }

  /** How far from others its contacts begin: near 0 where each comes back to a place, up to 1. */
  get scatter() {
    this._scatter ??= this._scattered();
    return this._scatter;
  }

  /** Its statistics, see manner.js. */
  get manner() {
    this._manner ??= manner(this.x, this.y, this.dtS, this.begins);
    return this._manner;
  }

  /** How much its player varied: 0 where one thing is repeated, up to 1. */
  get diversity() {
    this._diversity ??= this._varied();
    return this._diversity;
  }

  /** How new its movements are: 0 where each comes again, up to 1; of taps 0. */
  get novelty() {
    this._novelty ??= this._new();
    return this._novelty;
  }

  /** The typical length of a step that goes on with a gesture. */
  get unit() {
    this._unit ??= this._typicalStep();
    return this._unit;
  }

  /** How far a typical contact is from the nearest other one. */
  _scattered() {
    const { SCATTERED, LEAST_SCATTER, FEWEST_CONTACTS, MOST_CONTACTS } = constants.gesture_phrase;
    const rows = [...this.begins.keys()].filter((row) => this.begins[row]).slice(-MOST_CONTACTS);
    if (rows.length < FEWEST_CONTACTS) return 1;
    const nearest = rows.map((row) => {
      const others = rows.filter((other) => other !== row);
      return Math.sqrt(Math.min(...others.map((at) => (this.x[at] - this.x[row]) ** 2 + (this.y[at] - this.y[row]) ** 2)));
    });
    return Math.min(Math.max(median(nearest) / SCATTERED, LEAST_SCATTER), 1);
  }

  /** How far a typical third is from the third that is most like it. */
  _varied() {
    const { ALIKE, DIVERSE } = constants.gesture_phrase;
    const { STARTS, THIRD, MIN_THIRD_ROWS } = constants.phrase;
    const bounds = Array.from({ length: STARTS }, (_, i) => search(this.onsetS, (this.seconds * i) / STARTS));
    bounds.push(this.length);
    const starts = [...bounds.keys()].filter((at) => bounds[at + THIRD] - bounds[at] >= MIN_THIRD_ROWS);
    const manners = starts.map((at) => this._mannerOf(bounds[at], bounds[at + THIRD]));
    const nearest = manners
      .map((one, i) => manners.filter((_, k) => Math.abs(starts[k] - starts[i]) >= THIRD)) // they do not overlap
      .map((others, i) => Math.min(...distances(manners[i], others)))
      .filter(Number.isFinite);
    if (!nearest.length) return 0;
    return Math.min(Math.max((median(nearest) - ALIKE) / (DIVERSE - ALIKE), 0), 1);
  }

  /** How far a typical second is from the second most like it, both moved to the same middle. */
  _new() {
    const { RECURRING, NOVEL, SECOND_S, POINTS, HOP_S, MOST_SECONDS } = constants.gesture_phrase;
    const { LEAST_EXTENT, LEAST_DRAGGED } = constants.gesture_phrase;
    const lastsS = Math.min(SECOND_S, this.seconds / 3);
    const hopS = Math.max(HOP_S, this.seconds / MOST_SECONDS);
    const n = Math.floor((this.seconds - lastsS) / hopS) + 1;
    const seconds = Array.from({ length: n }, (_, i) => this._second(hopS * i, lastsS)).filter(
      ({ isOneContact, square }) => isOneContact && square >= POINTS * LEAST_EXTENT ** 2,
    );
    if (seconds.length / n < LEAST_DRAGGED) return 0;
    const nearest = seconds
      .map((one) => {
        const others = seconds.filter(({ startS }) => Math.abs(startS - one.startS) >= lastsS - hopS / 2);
        return others.reduce((least, other) => Math.min(least, squareApart(one, other)), Infinity);
      })
      .filter(Number.isFinite);
    const typical = nearest.length ? Math.sqrt(Math.max(median(nearest), 0)) : 0;
    return Math.min(Math.max((typical - RECURRING) / (NOVEL - RECURRING), 0), 1);
  }

  /**
   * The way of the finger from `startS` on, seen from its middle.
   *
   * @param {number} startS
   * @param {number} lastsS
   */
  _second(startS, lastsS) {
    const { POINTS } = constants.gesture_phrase;
    const rows = Array.from({ length: POINTS }, (_, i) =>
      Math.max(search(this.onsetS, startS + (lastsS * i) / POINTS, true) - 1, 0),
    );
    const [x, y] = [this.x, this.y].map((column) => {
      const places = rows.map((row) => column[row]);
      const middle = mean(places);
      return places.map((each) => each - middle);
    });
    const isOneContact = this.contact[rows[0]] === this.contact[rows[POINTS - 1]];
    return { startS, x, y, isOneContact, square: sum(x.map((each, i) => each * each + y[i] * y[i])) };
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  _mannerOf(start, end) {
    const begins = this.begins.slice(start, end);
    begins[0] = 1; // so that a finger that stays down throughout is one contact in each part
    const [x, y, dtS] = [this.x, this.y, this.dtS].map((column) => column.subarray(start, end));
    const { LEAP, FIRST_OF_PLACE } = constants.manner;
    const found = manner(x, y, dtS, begins).subarray(0, FIRST_OF_PLACE);
    if (!begins.subarray(1).includes(1)) found[LEAP] = this.manner[LEAP]; // it says nothing of leaps
    return found;
  }

  _typicalStep() {
    const lengths = this._lengths().filter((length, i) => i > 0 && !this.begins[i] && length > 0);
    return Math.max(lengths.length ? median(lengths) : 0.01, constants.gesture_phrase.LEAST_UNIT);
  }

  _lengths() {
    return this.stepX.map((dx, i) => Math.sqrt(dx * dx + this.stepY[i] * this.stepY[i]));
  }

  /** @param {number} at */
  _column(at) {
    return Float64Array.from({ length: this.length }, (_, i) => this.rows[i * this.columns.n + at]);
  }
}

/**
 * The square of how far two ways are apart, as a share of the larger one's.
 *
 * @param {{x: number[], y: number[], square: number}} one
 * @param {{x: number[], y: number[], square: number}} other
 */
function squareApart(one, other) {
  let along = 0;
  for (let i = 0; i < one.x.length; i++) along += one.x[i] * other.x[i] + one.y[i] * other.y[i];
  return (one.square + other.square - 2 * along) / Math.max(one.square, other.square);
}
