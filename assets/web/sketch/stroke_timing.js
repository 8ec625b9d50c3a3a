// @ts-check
/** When each of the ghost's points is drawn: by a hand, stroke after stroke: `stroke_timing.py`. */
import { facts } from "./facts.js";
import { handStroke } from "./hand.js";
import { DRAW } from "./strokes.js";

/**
 * A place of the pen's path.
 * @typedef {object} Step
 * @property {number} x model units
 * @property {number} y
 * @property {number} timeS seconds from the start, never falling
 * @property {number} pressure (0, 1]
 * @property {boolean} begins whether a stroke begins here
 * @property {boolean} lifts whether the pen is lifted here
 * @property {number} corner which point of the model this is, -1 for none
 */

/** Draws points from the pen's place. */
export class StrokeTiming {
  /**
   * @param {Float32Array} points what the ghost drew, (n, 3)
   * @param {number[]} start where the pen is before the first of them, model units
   * @param {boolean} isDown whether the pen is on the paper there
   * @param {number} box side of the paper
   */
  constructor(points, start, isDown, box) {
    this.nPoints = 0; // of the model's points passed
    this.path = pathOf(points, start, isDown, box);
    this.at = 0; // places passed
    this.clockS = 0;
    this.stop = this.path.length;
  }

  /** Whether every place has been passed. */
  get isDone() {
    return this.at >= this.stop;
  }

  /** Let time pass; the places of the path passed in it. @param {number} elapsedS times the pace @returns {number[]} */
  advance(elapsedS) {
    this.clockS += elapsedS;
    const passed = [];
    while (this.at < this.stop && this.path[this.at].timeS <= this.clockS) passed.push(this.at++);
    return passed;
  }

  /** The hand is at this place: how many of the model's points it passes there. @param {number} index */
  passPoint(index) {
    const passed = Math.max(0, this.path[index].corner + 1 - this.nPoints);
    this.nPoints += passed;
    return passed;
  }

  /** End at the model's next point; its place in the path, null if there is none or it is the last. */
  stopAtNextPoint() {
    for (let index = this.at; index < this.stop; index++) {
      if (this.path[index].corner < 0) continue;
      if (index === this.path.length - 1) return null;
      this.stop = index + 1;
      return index;
    }
    return null;
  }
}

/** @returns {Step[]} */
function pathOf(/** @type {Float32Array} */ points, /** @type {number[]} */ start, /** @type {boolean} */ isDown, /** @type {number} */ box) {
  const { lift_s, travel } = facts.stroke_timing, corners = [];
  let x = 0, y = 0;
  for (let i = 0; i < points.length; i += 3) {
    x += points[i];
    y += points[i + 1];
    corners.push([x + start[0], y + start[1]]);
  }
  const path = /** @type {Step[]} */ ([]);
  let nowS = 0, here = start, first = 0;
  while (first < corners.length) {
    let stop = first;
    while (stop < corners.length - 1 && points[3 * stop + 2] === DRAW) stop++;
    let through = corners.slice(first, stop + 1);
    const begins = !(isDown && first === 0), lifts = points[3 * stop + 2] !== DRAW;
    if (begins) nowS += lift_s + Math.hypot(through[0][0] - here[0], through[0][1] - here[1]) / box / travel;
    else through = [here, ...through];
    const drawn = handStroke(through, box, { begins, lifts }), n = drawn.places.length;
    const offset = first - (begins ? 0 : 1);
    drawn.places.forEach((place, i) => path.push({
      x: place[0], y: place[1], timeS: nowS + drawn.timeS[i], pressure: drawn.pressure[i],
      begins: i === 0 && begins, lifts: i === n - 1 && lifts,
      corner: drawn.point[i] >= 0 ? drawn.point[i] + offset : -1,
    }));
    nowS = path[path.length - 1].timeS;
    here = drawn.places[n - 1];
    first = stop + 1;
  }
  return path;
}
