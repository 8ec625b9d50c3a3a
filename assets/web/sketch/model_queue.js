// @ts-check
/**
 * Asks a sketcher what the page wants to know, one question after the other: `model_thread.py`. The page never
 * waits; answers come when they come. For each kind of question there is one slot, and a newer question takes
 * the place of one that waits. What is asked carries the whole drawing; the ghost's state after the finished
 * strokes is kept, and what was heard already is not heard again.
 */
import { nextTask } from "../shared/next_task.js";
import { canvasAround } from "./bounds.js";
import { facts } from "./facts.js";
import { isDown, isPreview, Kind } from "./requests.js";
import { asTrained, DRAW, toPoints } from "./strokes.js";

/** @import { Request } from "./requests.js" */

const FAN_S = 1 / 60; // what a fan may take while the pen goes on: a browser may be too slow for whole futures
const LEAST_POINTS = 4; // of them all the same
const FOLLOW = 0.2; // of what the last one took, for the next

export class ModelQueue {
  /** @param {import("./sketcher.js").Sketcher} sketcher draws; nobody else asks it any more */
  constructor(sketcher) {
    this.sketcher = sketcher;
    this.pointS = sketcher.ghost.stepS; // what a point of a fan takes, seconds; nobody may know
    this.kept = /** @type {{start: number[] | null, points: Float32Array, state: any} | null} */ (null);
    /** What waits, by whether it is only a look. @type {Map<boolean, Request>} */
    this.waiting = new Map();
    /** @type {import("./requests.js").Response[]} */
    this.found = [];
    this.isAtWork = false;
    this.nModels = 0;
  }

  /** Another model answers from here on; what waits is forgotten. @param {import("./sketcher.js").Sketcher} sketcher */
  use(sketcher) {
    this.waiting.clear();
    this.nModels += 1;
    [this.sketcher, this.pointS, this.kept, this.found] = [sketcher, sketcher.ghost.stepS, null, []];
  }

  /** Ask; never blocks. It takes the place of what waits of its kind. @param {Request} request */
  ask(request) {
    this.waiting.set(isPreview(request.what), request);
    this.#work();
  }

  /** What came since the last call. */
  answers() {
    const found = this.found;
    this.found = [];
    return found;
  }

  /** Work out what waits, what draws before what is only looked at. */
  async #work() {
    if (this.isAtWork) return;
    this.isAtWork = true;
    while (this.waiting.size) {
      const isLook = !this.waiting.has(false), request = /** @type {Request} */ (this.waiting.get(isLook));
      this.waiting.delete(isLook);
      await this.answer(request);
      await nextTask(); // the pen goes first
    }
    this.isAtWork = false;
  }

  /** Work one question out; what is found is among the `answers`. @param {Request} request */
  async answer(request) {
    const { nModels } = this;
    try {
      for await (const response of this.#answersTo(request)) {
        if (nModels === this.nModels) this.found.push({ request, ...response });
      }
    } catch (error) { // a model file is foreign: whatever it does, one can draw on
      if (nModels !== this.nModels) return;
      this.kept = null;
      this.found.push({ request, fault: `The ghost failed: ${/** @type {Error} */ (error).message}` });
    }
  }

  async *#answersTo(/** @type {Request} */ request) {
    const { sketcher } = this, startMs = performance.now();
    [sketcher.piTemperature, sketcher.sigmaTemperature] = request.temperatures;
    if (request.what === Kind.FREE) {
      this.kept = null;
      yield { drawn: await sketcher.free() };
      return;
    }
    await this.#hear(request);
    const seconds = () => (performance.now() - startMs) / 1e3;
    if (request.what === Kind.FAN) {
      yield { futures: await this.#fan(request, sketcher), seconds: seconds() };
    } else if (request.what === Kind.INSIDE) {
      const mixture = await sketcher.ghost.mixture();
      yield { mixture, units: await unitsOf(sketcher.ghost), seconds: seconds() };
    } else if (request.what === Kind.COMPLETE) {
      yield { drawn: await sketcher.complete() };
    } else {
      yield* this.#endings(request, sketcher);
    }
  }

  /** Futures of the pen: of one that goes on no more points than there is time for. */
  async #fan(/** @type {Request} */ request, /** @type {import("./sketcher.js").Sketcher} */ sketcher) {
    const { n_futures, future_points } = facts.model_thread;
    const inTime = request.isHurried && this.pointS ? Math.floor(FAN_S / this.pointS) : future_points;
    const nPoints = Math.min(future_points, Math.max(LEAST_POINTS, inTime)), startMs = performance.now();
    const futures = await sketcher.fan(n_futures, nPoints);
    const pointS = (performance.now() - startMs) / 1e3 / nPoints;
    this.pointS = this.pointS ? this.pointS + FOLLOW * (pointS - this.pointS) : pointS;
    return futures;
  }

  /** One after the other, so that the first is seen while the others are still to come. */
  async *#endings(/** @type {Request} */ request, /** @type {import("./sketcher.js").Sketcher} */ sketcher) {
    for (let number = 0; number < request.nEndings; number++) {
      if (this.waiting.has(false) || sketcher !== this.sketcher) return;
      for (const drawn of await sketcher.endings(1)) yield { drawn };
      await nextTask();
    }
  }

  /** Bring the ghost to where the drawing is. */
  async #hear(/** @type {Request} */ request) {
    const { sketcher } = this, { scale } = sketcher, strokes = [...request.strokes];
    const nBefore = strokes.reduce((n, stroke) => n + stroke.length / 2, 0);
    if (request.drawing) strokes.push(asTrained(request.drawing, scale.epsilon));
    const points = toPoints(strokes, scale.first, false);
    if (points.length && isDown(request)) points[points.length - 1] = DRAW;
    const begun = strokes.length ? [0, 1].map((axis) => Math.fround(strokes[0][axis] - points[axis])) : null;
    const start = begun && [begun[0] - request.box / 2, begun[1] - request.box / 2];
    await this.#hearBefore(points.slice(0, 3 * nBefore), start);
    // The paper as the sketcher sees it: from where the drawing started.
    if (begun) sketcher.canvas = canvasAround(begun, [request.box, request.box]);
    if (points.length > 3 * nBefore) await sketcher.hear(points.slice(3 * nBefore));
  }

  /** Hear what will not change while the pen goes on; what begins as before is not heard again. */
  async #hearBefore(/** @type {Float32Array} */ points, /** @type {number[] | null} */ start) {
    const { sketcher, kept } = this;
    let nHeard = 0;
    if (kept && sameNumbers(kept.start ?? [], start ?? []) && !isCut(kept.points, points)) {
      sketcher.restore(kept.state);
      nHeard = kept.points.length;
    } else {
      sketcher.reset(null, start);
    }
    if (points.length > nHeard) await sketcher.hear(points.slice(nHeard));
    if (sketcher === this.sketcher) this.kept = { start, points, state: sketcher.snapshot() };
  }
}

/** The units of each layer after everything heard, -1 to 1. @returns {Promise<Float32Array[]>} */
async function unitsOf(/** @type {any} */ ghost) {
  const { layers, units } = ghost.manifest, before = ghost.state;
  await ghost.feed(new Float32Array(ghost.columns.length)); // the last event goes in with the next one
  const { tensor } = ghost.state;
  ghost.state = before;
  return Array.from({ length: layers }, (_, layer) => tensor.slice(2 * layer * units, (2 * layer + 1) * units));
}

/** Whether both hold the same numbers. */
function sameNumbers(/** @type {ArrayLike<number>} */ one, /** @type {ArrayLike<number>} */ other) {
  return one.length === other.length && !isCut(one, other);
}

/** Whether `all` does not begin with `part`. */
function isCut(/** @type {ArrayLike<number>} */ part, /** @type {ArrayLike<number>} */ all) {
  return part.length > all.length || Array.from(part).some((value, i) => value !== all[i]);
}
