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

  /** Its statistics, see manner.js. */
  get manner() {
    this._manner ??= manner(this.x, this.y, this.dtS, this.begins);
    return this._manner;
  }

  /** How much its player varied: 0 where its two halves are alike, up to 1. */
  get diversity() {
    this._diversity ??= this._varied();
    return this._diversity;
  }

  /** The typical length of a step that goes on with a gesture. */
  get unit() {
    this._unit ??= this._typicalStep();
    return this._unit;
  }

  _varied() {
    const { MIN_HALF_ROWS, ALIKE, DIVERSE } = constants.gesture_phrase;
    const times = cumulative(this.dtS).map((time) => time - this.dtS[0]);
    const half = search(times, this.seconds / 2);
    if (Math.min(half, this.length - half) < MIN_HALF_ROWS) return 0;
    const apart = distances(this._mannerOf(0, half), [this._mannerOf(half, this.length)])[0];
    return Math.min(Math.max((apart - ALIKE) / (DIVERSE - ALIKE), 0), 1);
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  _mannerOf(start, end) {
    const begins = this.begins.slice(start, end);
    begins[0] = 1; // so that a finger that stays down in both halves is one contact in either
    const [x, y] = [this.x, this.y].map((axis) => {
      const places = axis.subarray(start, end), middle = mean(places);
      return places.map((place) => place - middle);
    });
    return manner(x, y, this.dtS.subarray(start, end), begins);
  }

  _typicalStep() {
    const lengths = [];
    for (let i = 1; i < this.length; i++) {
      const [dx, dy] = [this.x[i] - this.x[i - 1], this.y[i] - this.y[i - 1]];
      const length = Math.sqrt(dx * dx + dy * dy);
      if (!this.begins[i] && length > 0) lengths.push(length);
    }
    return Math.max(lengths.length ? median(lengths) : 0.01, 0.003);
  }

  /** @param {number} at */
  _column(at) {
    return Float64Array.from({ length: this.length }, (_, i) => this.rows[i * this.columns.n + at]);
  }
}
