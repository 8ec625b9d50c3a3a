// @ts-check
/** How far a drawing may go: `app/sketch/bounds.py`. */

/**
 * A canvas as a drawing sees it: model units from where the drawing started, y down.
 * @typedef {{left: number, top: number, right: number, bottom: number}} CanvasEdges
 */

/**
 * A canvas of `size` on which a drawing started at `start`; all in model units.
 * @param {ArrayLike<number>} start
 * @param {ArrayLike<number>} size width, height
 * @returns {CanvasEdges}
 */
export function canvasAround(start, size) {
  return { left: -start[0], top: -start[1], right: size[0] - start[0], bottom: size[1] - start[1] };
}

/**
 * How far a drawing may still go: on a canvas that is the canvas; without one no side is longer than a box.
 * What is drawn already is always inside.
 */
export class Bounds {
  /**
   * @param {ArrayLike<number>} points what is drawn, (n, 3) steps
   * @param {CanvasEdges | null} canvas
   * @param {number} box
   */
  constructor(points, canvas, box) {
    this.here = [0, 0];
    this.low = [Infinity, Infinity];
    this.high = [-Infinity, -Infinity];
    for (let i = 0; i < points.length; i += 3) {
      for (const axis of [0, 1]) {
        this.here[axis] += points[i + axis];
        this.low[axis] = Math.min(this.low[axis], this.here[axis]);
        this.high[axis] = Math.max(this.high[axis], this.here[axis]);
      }
    }
    this.isCanvas = canvas !== null;
    this.most = [0, 1].map((axis) => Math.max(box, this.high[axis] - this.low[axis]));
    if (canvas) {
      this.low = [Math.min(this.low[0], canvas.left), Math.min(this.low[1], canvas.top)];
      this.high = [Math.max(this.high[0], canvas.right), Math.max(this.high[1], canvas.bottom)];
    }
  }

  /**
   * How many of `points`, (n, 3), can be gone before one leaves, or is not finite.
   * @param {ArrayLike<number>} points
   * @returns {number}
   */
  nInside(points) {
    const sum = [0, 0], low = [...this.low], high = [...this.high];
    for (let i = 0; i < points.length; i += 3) {
      for (const axis of [0, 1]) {
        sum[axis] += points[i + axis];
        const place = this.here[axis] + sum[axis];
        if (!Number.isFinite(place)) return i / 3;
        low[axis] = Math.min(low[axis], place);
        high[axis] = Math.max(high[axis], place);
        const isInside = this.isCanvas
          ? low[axis] === this.low[axis] && high[axis] === this.high[axis]
          : high[axis] - low[axis] <= this.most[axis];
        if (!isInside) return i / 3;
      }
    }
    return points.length / 3;
  }

  /**
   * As much of a step as stays inside; nothing of one that is not finite.
   * @param {ArrayLike<number>} step (2,)
   * @returns {number[]}
   */
  toEdge(step) {
    if (!Number.isFinite(step[0]) || !Number.isFinite(step[1])) return [0, 0];
    let share = 1;
    for (const axis of [0, 1]) {
      if (step[axis] === 0) continue;
      const low = this.isCanvas ? this.low[axis] : this.high[axis] - this.most[axis];
      const high = this.isCanvas ? this.high[axis] : this.low[axis] + this.most[axis];
      const edge = step[axis] > 0 ? high : low;
      share = Math.min(share, Math.max(0, (edge - this.here[axis]) / step[axis]));
    }
    return [step[0] * share, step[1] * share];
  }
}
