// @ts-check
/** The evening as a recording, in the format of the app: `time_s,source,voice,x,y,z,moving`. See app/recording. */

/** @import { Event, Touch } from "../engine/events.js" */

const HEADER = "time_s,source,voice,x,y,z,moving\n";
const ROWS_OF_PART = 4096; // as many rows become one blob, which a browser need not keep in memory
const MOST_PARTS = 256; // about five hours of one finger and the ghost; then the oldest go

/** Writes down what sounds; a release is what its voice was last, with z 0. */
export class Recording {
  constructor() {
    this.clear();
  }

  /** Begin anew. */
  clear() {
    /** @type {Blob[]} */
    this._parts = [];
    /** @type {string[]} */
    this._rows = [];
    /** @type {Map<string, Touch>} */
    this._last = new Map();
    this._startS = NaN;
  }

  /** Whether nothing was played. */
  get isEmpty() {
    return !this._parts.length && !this._rows.length;
  }

  /** @param {Event} event */
  add(event) {
    const key = `${event.source} ${event.voice}`;
    const last = this._last.get(key);
    if (event.kind === "touch") this._last.set(key, event);
    else this._last.delete(key);
    const touch = event.kind === "touch" ? event : last && { ...last, pressure: 0, moving: true };
    if (!touch) return;
    if (Number.isNaN(this._startS)) this._startS = event.timeS;
    const numbers = [touch.x, touch.y, touch.pressure].map((value) => String(Number(value.toFixed(6))));
    const timeS = (event.timeS - this._startS).toFixed(6);
    this._rows.push([timeS, event.source, event.voice, ...numbers, Number(touch.moving)].join(","));
    if (this._rows.length < ROWS_OF_PART) return;
    this._parts.push(this._blob());
    this._rows = [];
    if (this._parts.length > MOST_PARTS) this._parts.shift();
  }

  /** @returns {Blob} the whole file */
  file() {
    return new Blob([HEADER, ...this._parts, this._blob()], { type: "text/csv" });
  }

  _blob() {
    return new Blob([this._rows.map((row) => `${row}\n`).join("")]);
  }
}
