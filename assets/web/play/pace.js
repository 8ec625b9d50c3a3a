// @ts-check
/**
 * The pace of drawing: at most half of the page's time, so that the ghost is on time where drawing is slow.
 *
 * A browser draws first and does what else there is after that. Without a graphics processor a frame may take as long
 * as from one to the next, and all else would wait for ever.
 */

import { nextTask } from "../shared/next_task.js";

const FRAME_MS = 1000 / 60; // who needs no longer rests not

/** Says which frames are drawn. */
export class Pace {
  constructor() {
    this._begunMs = 0;
    this._restMs = 0; // until then nothing is drawn
  }

  /** Whether a frame is to be drawn now; if so, it is begun. */
  begins() {
    const nowMs = performance.now();
    if (nowMs < this._restMs) return false;
    this._begunMs = nowMs;
    nextTask().then(() => this._rest()); // when the frame is out and the page has time
    return true;
  }

  _rest() {
    const nowMs = performance.now();
    this._restMs = nowMs + Math.max(0, nowMs - this._begunMs - FRAME_MS);
  }
}
