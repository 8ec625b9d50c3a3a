// @ts-check
/** Touches as rows of a model's columns, and back: see app/engine/event_rows.py. */

import { constants } from "./constants.js";
import { touch } from "./events.js";

/** @import { Touch } from "./events.js" */

const NAMES = ["x", "y", "dt", "moving"];

/** The columns of a model that hears touches: `x, y, dt, moving`, in any order. */
export class Columns {
  /** @param {readonly string[]} names throws where they are others */
  constructor(names) {
    if (names.length !== NAMES.length || !NAMES.every((name) => names.includes(name))) {
      throw new Error(`columns: expected ${NAMES.join(", ")}, got ${names.join(", ")}.`);
    }
    /** How many numbers a row has. */
    this.n = names.length;
    [this.x, this.y, this.dt, this.moving] = NAMES.map((name) => names.indexOf(name));
  }

  /**
   * A touch as the model hears it.
   *
   * @param {Touch} event
   * @param {number} dtS since the event before of the same stream; clamped
   * @returns {Float32Array} `(n_columns,)`
   */
  row(event, dtS) {
    const row = new Float32Array(this.n);
    row[this.x] = event.x;
    row[this.y] = event.y;
    row[this.dt] = Math.min(Math.max(dtS, 0), constants.event_rows.MAX_DT_S);
    row[this.moving] = event.moving ? 1 : 0;
    return row;
  }

  /**
   * Whether a row goes on with a contact; false if it begins one.
   *
   * @param {Float32Array} row
   */
  moves(row) {
    return row[this.moving] >= 0.5;
  }

  /**
   * A row of the model as the ghost's touch at `timeS`, clamped to the canvas.
   *
   * @param {Float32Array} row
   * @param {number} timeS
   * @param {number} voice
   */
  event(row, timeS, voice) {
    const [x, y] = [this.x, this.y].map((at) => Math.min(Math.max(row[at], 0), 1));
    return touch(timeS, "ghost", voice, x, y, this.moves(row));
  }
}
