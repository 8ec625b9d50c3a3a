// @ts-check
/** The ghost's pen: the points of the model become strokes on a page, at a hand's pace: `pen.py`. */
import { GHOST } from "./facts.js";
import { StrokeTiming } from "./stroke_timing.js";

/**
 * Hears of a stroke while it is drawn.
 * @typedef {object} Listening
 * @property {(mark: import("./paper_strokes.js").Mark, moving: boolean) => void} touch
 * @property {(source: string) => void} release
 */
/** @import { Drawn } from "./sketcher.js" */

/** Nobody listens. @type {Listening} */
export const SILENCE = { touch() {}, release() {} };

/** Draws on a page what the ghost drew; goes on from an open stroke, if there is one. */
export class GhostPen {
  /**
   * @param {import("./paper_strokes.js").Page} page takes the strokes
   * @param {Drawn} drawn what to draw
   * @param {number[]} temperatures what it was drawn with
   * @param {any} scale of the model
   * @param {number} nowS the clock of its ink starts here
   * @param {Listening} listening
   */
  constructor(page, drawn, temperatures, scale, nowS, listening) {
    [this.page, this.scale, this.listening] = [page, scale, listening];
    this.next = /** @type {[Drawn, number[]] | null} */ (null);
    this.#begin(drawn, temperatures, nowS);
  }

  /** Whether everything is drawn. */
  get isDone() {
    return this.timing.isDone && this.next === null;
  }

  /** Why the ghost stopped drawing there. */
  get end() {
    return this.drawn.end;
  }

  /** Go on with this from the end of what is being drawn. @param {Drawn} drawn @param {number[]} temperatures */
  then(drawn, temperatures) {
    this.next = [drawn, temperatures];
  }

  /** Draw on for `elapsedS` of the hand's time. @param {number} elapsedS @param {number} nowS */
  advance(elapsedS, nowS) {
    const { path } = this.timing, passed = this.timing.advance(elapsedS);
    let mark = this.page.openMark;
    passed.forEach((index, i) => {
      const begins = mark === null || path[index].begins, { lifts } = path[index];
      mark = this.#pass(index, mark);
      if (begins || lifts || i === passed.length - 1) { // one event a frame is enough for the ear
        this.listening.touch(mark, !begins);
      }
      if (lifts) {
        this.listening.release(GHOST);
        mark = null;
      }
    });
    if (this.timing.isDone && this.next) {
      const [drawn, temperatures] = this.next;
      this.next = null;
      this.#begin(drawn, temperatures, nowS);
    }
  }

  /** Lift the pen where it is: what is drawn of a stroke is a stroke. */
  lift() {
    const mark = this.page.openMark;
    if (mark === null || mark.source !== GHOST) return;
    const tip = mark.ink[mark.ink.length - 1], corner = mark.corners[mark.corners.length - 1];
    if (!corner || corner[0] !== tip.x || corner[1] !== tip.y) mark.corners.push([tip.x, tip.y]);
    mark.finish(this.scale);
    this.listening.release(GHOST);
  }

  /**
   * Stop at the model's next point, for other temperatures to go on from.
   * @returns {{strokes: Float32Array[], isOpen: boolean} | null} the places of every stroke up to there, and
   *   whether the pen is down there; null if that point is the last one anyway
   */
  cut() {
    const index = this.timing.stopAtNextPoint();
    if (index === null) return null;
    this.next = null;
    const strokes = this.page.heard(), step = this.timing.path[index];
    if (this.page.openMark === null || step.begins) strokes.push(Float32Array.of(step.x, step.y));
    else strokes.push(Float32Array.of(.../** @type {Float32Array} */ (strokes.pop()), step.x, step.y));
    return { strokes, isOpen: !step.lifts };
  }

  #begin(/** @type {Drawn} */ drawn, /** @type {number[]} */ temperatures, /** @type {number} */ nowS) {
    [this.drawn, this.temperatures] = [drawn, temperatures];
    const mark = this.page.openMark;
    this.timing = new StrokeTiming(drawn.points, this.#start(drawn), mark !== null, this.scale.box);
    this.startS = mark ? mark.ink[mark.ink.length - 1].timeS : nowS;
  }

  /** Where the pen is; before the first stroke such that the drawing will be in the middle. */
  #start(/** @type {Drawn} */ drawn) {
    const { marks } = this.page;
    const last = marks[marks.length - 1];
    if (last) return last.corners[last.corners.length - 1];
    return [0, 1].map((axis) => {
      let place = 0, low = drawn.points.length ? Infinity : 0, high = drawn.points.length ? -Infinity : 0;
      for (let i = axis; i < drawn.points.length; i += 3) {
        place = Math.fround(place + drawn.points[i]); // as Python, which adds float32
        [low, high] = [Math.min(low, place), Math.max(high, place)];
      }
      return this.scale.box / 2 - Math.fround(Math.fround(low + high) / 2);
    });
  }

  /** Draw one place of the hand's path; the stroke it belongs to. */
  #pass(/** @type {number} */ index, /** @type {import("./paper_strokes.js").Mark | null} */ mark) {
    const step = this.timing.path[index];
    if (mark === null || step.begins) mark = this.page.begin(GHOST);
    // The hand's own clock: how broad the ink is does not depend on pace or frames.
    mark.add(step.x, step.y, this.startS + step.timeS, this.scale.box, step.pressure);
    for (let n = this.timing.passPoint(index); n > 0; n--) mark.corners.push([step.x, step.y]);
    if (step.lifts) mark.finish(this.scale);
    return mark;
  }
}
