// @ts-check
/** What a player played on one stream since the page was opened, in phrases. See app/engine/evening.py. */

import { constants } from "./constants.js";
import { joined } from "../shared/rows.js";
import { GesturePhrase } from "./gesture_phrase.js";

/** @import { Columns } from "./event_rows.js" */

/** The phrases of one stream; the oldest go. */
export class Evening {
  /** @param {Columns} columns */
  constructor(columns) {
    this.columns = columns;
    /** @type {GesturePhrase[]} */
    this._closed = [];
    /** @type {Float32Array[]} */
    this._open = [];
    /** @type {GesturePhrase | null} */
    this._last = null; // what `last` gave, while nothing is added
  }

  /**
   * Add what was played. After a silence of `silenceS` a phrase begins.
   *
   * @param {readonly Float32Array[]} rows
   * @param {number} silenceS counts where phrases are joined, instead of the silence itself
   */
  take(rows, silenceS) {
    const { MAX_DT_S, MAX_ROWS, MAX_PHRASES } = constants.evening;
    const longestS = Math.min(silenceS, MAX_DT_S); // no row tells of a longer one
    this._last = null;
    for (const row of rows) {
      const dtS = row[this.columns.dt];
      if (this._open.length && dtS >= longestS) {
        this._closed.push(this._phrase(this._open));
        if (this._closed.length > MAX_PHRASES) this._closed.shift();
        this._open = [];
      }
      if (this._open.length) this._open.push(row);
      else {
        const first = row.slice();
        first[this.columns.dt] = Math.min(dtS, longestS);
        this._open.push(first);
      }
      if (this._open.length > MAX_ROWS) this._open.splice(0, Math.floor(MAX_ROWS / 4));
    }
  }

  /** How long the last phrase has lasted, from its first row to its last; in float32, as its rows. */
  get openS() {
    return this._open.slice(1).reduce((total, row) => Math.fround(total + row[this.columns.dt]), 0);
  }

  /**
   * The last phrase, and what was played before it if it is short; null if nothing was played.
   *
   * @returns {GesturePhrase | null}
   */
  last() {
    if (!this._last && this._open.length) this._last = this._joined();
    return this._last;
  }

  /**
   * The phrases before the last one that are long enough to go on from, the newest first.
   *
   * @returns {GesturePhrase[]}
   */
  earlier() {
    return this._closed.filter((phrase) => phrase.length >= constants.phrase.MIN_PHRASE_ROWS).reverse();
  }

  _joined() {
    const { MIN_PHRASE_S, MIN_PHRASE_ROWS, REACH_S } = constants.evening;
    const last = this._phrase(this._open);
    const parts = [last.rows];
    let [seconds, n] = [last.seconds, last.length];
    for (let i = this._closed.length - 1; i >= 0; i--) {
      const phrase = this._closed[i];
      const isEnough = seconds >= MIN_PHRASE_S && n >= MIN_PHRASE_ROWS;
      if (isEnough || seconds + phrase.seconds > REACH_S) break;
      parts.unshift(phrase.rows);
      seconds += phrase.seconds;
      n += phrase.length;
    }
    return parts.length > 1 ? last.of(joined(parts)) : last;
  }

  /** @param {readonly Float32Array[]} rows */
  _phrase(rows) {
    return new GesturePhrase(this.columns, joined(rows));
  }
}
