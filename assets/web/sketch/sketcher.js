// @ts-check
/**
 * A ghost that draws, bounded: `app/sketch/sketcher.py`. It hears what a person drew, goes on, and says why it
 * ended. Calls of the ghost take time, so every verb that asks it is async; one at a time, please.
 *
 * Points are flat float32 rows of dx, dy, pen.
 */
import { joined } from "../shared/rows.js";
import { Bounds } from "./bounds.js";
import { facts } from "./facts.js";
import { misfit } from "./frame.js";
import { stalled } from "./stall.js";
import { DRAW, END, LIFT } from "./strokes.js";

/** Why a drawing ended. */
export const Ended = Object.freeze({ END: "end", CAP: "cap", STALL: "stall", CANVAS: "canvas" });

/** @typedef {{points: Float32Array, end: string | null}} Drawn what the ghost drew, and why it ended there */

const NONE = new Float32Array(0);

export class Sketcher {
  /** @param {any} ghost of a model that draws: `ghost.js` */
  constructor(ghost) {
    if (!ghost.manifest.drawing) {
      throw new Error(`model: expected one that draws, got ${ghost.manifest.name}.`);
    }
    this.ghost = ghost;
    this.scale = ghost.manifest.drawing;
    this.piTemperature = ghost.manifest.pi_temperature;
    this.sigmaTemperature = ghost.manifest.sigma_temperature;
    this.reset();
  }

  /**
   * Begin a new drawing.
   * @param {import("./bounds.js").CanvasEdges | null} canvas where it may go
   * @param {ArrayLike<number> | null} start where it begins, before its first step, from the middle of its square
   */
  reset(canvas = null, start = null) {
    this.start = this.scale.frames?.length ? start : null;
    this.ghost.reset(this.start ?? undefined);
    this.points = NONE;
    this.nOwn = 0; // points of the ghost since a person drew last
    this.end = /** @type {string | null} */ (null);
    this.canvas = canvas;
  }

  /**
   * Take over: points that a person drew, after what is there. A drawing that ended is open again.
   * @param {Float32Array} points (n, 3)
   */
  async hear(points) {
    const before = this.snapshot();
    try {
      if (this.end !== null) await this.lift();
      await this.ghost.feed(points);
    } catch (error) {
      this.restore(before);
      throw error;
    }
    this.points = joined([this.points, points]);
    this.nOwn = 0;
    if (this.points.length && last(this.points) === END) this.end = Ended.END;
  }

  /** Lift the pen where it is, so that what is heard next is a new stroke; the drawing is open again. */
  async lift() {
    this.end = null;
    if (!this.points.length || last(this.points) === LIFT) return;
    const points = this.points.slice();
    points[points.length - 1] = LIFT;
    this.ghost.reset(this.start ?? undefined);
    await this.ghost.feed(points);
    this.points = points;
  }

  /**
   * Draw on, at most `nPoints` points; none after the end.
   * @param {number} nPoints
   * @returns {Promise<Drawn>}
   */
  async step(nPoints = 8) {
    const chunks = [];
    while (nPoints > 0 && this.end === null) {
      const chunk = await this.#attempt(Math.min(nPoints, this.#nLeft));
      chunks.push(chunk);
      nPoints -= chunk.length / 3;
    }
    return { points: joined(chunks), end: this.end };
  }

  /** Draw to the end. @returns {Promise<Drawn>} */
  async complete() {
    const chunks = [];
    while (this.end === null) chunks.push((await this.step(facts.sketcher.chunk)).points);
    return { points: joined(chunks), end: this.end };
  }

  /**
   * A new drawing, from nothing to its end. A model that knows where a drawing begins takes the frame of one
   * of the corpus' drawings; what does not fill it is drawn again, and the best of a few is kept.
   * @returns {Promise<Drawn>}
   */
  async free() {
    const frames = this.scale.frames;
    if (!frames?.length) {
      this.reset();
      return this.complete();
    }
    const frame = frames[this.ghost.choice(frames.length)];
    let least = Infinity, best = /** @type {Drawn} */ ({ points: NONE, end: null }), state = this.snapshot();
    for (let i = 0; i < facts.sketcher.again; i++) {
      this.reset(null, [frame[0], frame[1]]);
      const drawn = await this.complete();
      const off = misfit(frame, drawn.points, this.scale.box);
      if (off <= least) [least, best, state] = [off, drawn, this.snapshot()];
      if (off === 0) break;
    }
    this.restore(state);
    return best;
  }

  /**
   * Several futures of the pen, without moving on: each (n, 3), ending where it says END. None after the end.
   * @param {number} nFutures
   * @param {number} nPoints
   * @returns {Promise<Float32Array[]>}
   */
  async fan(nFutures, nPoints) {
    if (this.end !== null) return [];
    const rows = await this.ghost.fan(nFutures, nPoints, this.#temperatures);
    return Array.from({ length: nFutures }, (_, i) => {
      const future = rows.subarray(3 * nPoints * i, 3 * nPoints * (i + 1));
      return future.slice(0, 3 * lengthOf(future));
    });
  }

  /**
   * `n` completions of the drawing as it is, which stays as it is. None after the end.
   * @param {number} n
   * @returns {Promise<Drawn[]>}
   */
  async endings(n) {
    if (this.end !== null) return [];
    const start = this.snapshot(), found = [];
    try {
      for (let i = 0; i < n; i++) {
        this.restore(start);
        found.push(await this.complete());
      }
    } finally {
      this.restore(start);
    }
    return found;
  }

  /** What to `restore` to undo what follows. */
  snapshot() {
    const { points, nOwn, end, canvas, start } = this;
    return { ghost: this.ghost.state, points, nOwn, end, canvas, start };
  }

  /** Go back to a snapshot of this sketcher. @param {ReturnType<Sketcher["snapshot"]>} snapshot */
  restore(snapshot) {
    this.ghost.state = snapshot.ghost;
    this.points = snapshot.points;
    this.nOwn = snapshot.nOwn;
    this.end = snapshot.end;
    this.canvas = snapshot.canvas;
    this.start = snapshot.start;
  }

  get #temperatures() {
    return { piTemperature: this.piTemperature, sigmaTemperature: this.sigmaTemperature };
  }

  /** How many points the ghost may still draw; at least 1 while the drawing has not ended. */
  get #nLeft() {
    return 2 * this.scale.longest - this.nOwn;
  }

  /** At most `nPoints` more points that stay on the canvas; at least one, or the end. */
  async #attempt(/** @type {number} */ nPoints) {
    const before = this.ghost.state;
    const bounds = new Bounds(this.points, this.canvas, this.scale.box);
    let chunk = NONE;
    for (let i = 0; i < facts.sketcher.tries; i++) {
      chunk = await this.ghost.generate(nPoints, this.#temperatures);
      if (!chunk.length) { // the model had said END before
        this.end = Ended.END;
        return chunk;
      }
      const nInside = bounds.nInside(chunk);
      if (nInside === chunk.length / 3) return this.#finish(chunk, before, true);
      if (nInside) return this.#finish(chunk.slice(0, 3 * nInside), before, false);
      this.ghost.state = before;
    }
    return this.#stopAtEdge(bounds.toEdge(chunk));
  }

  /** Take `chunk` in, up to where the drawing ends. `isHeard`: the ghost has heard all of it. */
  async #finish(/** @type {Float32Array} */ chunk, /** @type {any} */ before, /** @type {boolean} */ isHeard) {
    let end = last(chunk) === END ? Ended.END : null;
    const own = this.points.subarray(this.points.length - 3 * this.nOwn);
    const nStalled = stalled(own, chunk, this.scale);
    if (nStalled !== null) [chunk, end] = [chunk.slice(0, 3 * nStalled), Ended.STALL];
    else if (end === null && chunk.length / 3 >= this.#nLeft) end = Ended.CAP;
    if (end === Ended.STALL || end === Ended.CAP) { // the model says nothing of an end: the pen is lifted
      chunk = chunk.slice();
      chunk[chunk.length - 1] = LIFT;
      isHeard = false;
    }
    if (!isHeard) {
      this.ghost.state = before;
      await this.ghost.feed(chunk);
    }
    this.#accept(chunk, end);
    return chunk;
  }

  /** The end of a drawing that leaves the canvas; an open stroke goes on to the edge, by `step`. */
  async #stopAtEdge(/** @type {number[]} */ step) {
    let chunk = NONE;
    if (this.points.length && last(this.points) === DRAW) {
      chunk = Float32Array.of(step[0], step[1], LIFT);
      await this.ghost.feed(chunk);
    }
    this.#accept(chunk, Ended.CANVAS);
    return chunk;
  }

  #accept(/** @type {Float32Array} */ chunk, /** @type {string | null} */ end) {
    this.points = joined([this.points, chunk]);
    this.nOwn += chunk.length / 3;
    this.end = end;
  }
}

/** Points of a future up to its END, and before anything that is no number. */
function lengthOf(/** @type {Float32Array} */ future) {
  for (let i = 0; i < future.length; i += 3) {
    if (![future[i], future[i + 1], future[i + 2]].every(Number.isFinite)) return i / 3;
    if (future[i + 2] === END) return i / 3 + 1;
  }
  return future.length / 3;
}

/** The last number of an array. */
function last(/** @type {Float32Array} */ points) {
  return points[points.length - 1];
}
