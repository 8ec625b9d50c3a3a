// @ts-check
/**
 * The curve of a stroke that goes on: a centripetal Catmull-Rom spline through its points, smooth where it
 * bends, sharp where it turns, as `app/pictures/curves.py`. Given piece by piece, as cubic Beziers.
 *
 * Source: C. Yuksel, S. Schaefer, J. Keyser, "Parameterization and applications of Catmull-Rom curves",
 * Computer-Aided Design 43 (2011).
 * @module curve
 */

/** @typedef {{x: number, y: number, width: number}} Place  of the brush */

const CORNER = Math.cos((50 * Math.PI) / 180); // a line that turns by more has a corner there
const NEXT = 3; // a piece stays as it is when there are so many points after its first
const BEFORE = 2; // and is made with so many points before it

/** One stroke. `points` are those that may still bend what is not given yet. */
export class GrowingCurve {
  /** @param {Place} first  where it begins @param {number} most  steps of less than this are smoothed, pixels */
  constructor(first, most) {
    this.points = [first];
    this.most = most;
    this.given = 0; // pieces between these points that were given
  }

  get last() {
    return this.points[this.points.length - 1];
  }

  /** It goes on to (x, y); whether that is another place. @param {number} x @param {number} y @param {number} width */
  add(x, y, width) {
    const last = this.last;
    if (x === last.x && y === last.y) return false;
    this.points.push({ x, y, width });
    return true;
  }

  /**
   * What is new and stays: `visit` is called with places along it, from the first on.
   * @param {(x: number, y: number, width: number, begins: boolean) => void} visit
   * @param {boolean} ends  whether it goes on no more
   */
  grow(visit, ends) {
    const count = this.points.length;
    const stop = ends ? count - 1 : Math.max(this.given, count - NEXT);
    for (let piece = this.given; piece < stop; piece++) this.piece(piece, visit);
    const kept = Math.max(0, stop - BEFORE);
    if (kept) this.points.splice(0, kept);
    this.given = stop - kept;
  }

  /** What the next points may bend. @param {(x: number, y: number, width: number, begins: boolean) => void} visit */
  tip(visit) {
    for (let piece = this.given; piece < this.points.length - 1; piece++) this.piece(piece, visit);
  }

  /** A point moved towards the middle of its neighbours, less the more it would move. @param {number} at */
  steadied(at) {
    const { points, most } = this;
    const { x, y } = points[at];
    if (at === 0 || at === points.length - 1 || most <= 0) return [x, y];
    const before = points[at - 1];
    const after = points[at + 1];
    const shiftX = 0.25 * (before.x + after.x) - 0.5 * x;
    const shiftY = 0.25 * (before.y + after.y) - 0.5 * y;
    const part = Math.max(1 - (shiftX * shiftX + shiftY * shiftY) / (most * most), 0);
    return [x + shiftX * part, y + shiftY * part];
  }

  /**
   * The control point next to the steadied point `at`, on the side of `towards`; null where it has a corner.
   * @param {number} at @param {number} towards  -1 or 1
   */
  handle(at, towards) {
    if (at === 0 || at === this.points.length - 1) return null;
    const [x0, y0] = this.steadied(at - 1);
    const [x1, y1] = this.steadied(at);
    const [x2, y2] = this.steadied(at + 1);
    const [ax, ay, bx, by] = [x1 - x0, y1 - y0, x2 - x1, y2 - y1];
    const la = Math.max(Math.hypot(ax, ay), 1e-12);
    const lb = Math.max(Math.hypot(bx, by), 1e-12);
    if (ax * bx + ay * by < CORNER * la * lb) return null;
    const ka = Math.sqrt(la); // centripetal knots
    const kb = Math.sqrt(lb);
    const knot = towards > 0 ? kb : ka;
    const scale = (towards * knot) / (3 * (ka + kb));
    return [x1 + scale * ((ax / ka) * kb + (bx / kb) * ka), y1 + scale * ((ay / ka) * kb + (by / kb) * ka)];
  }

  /**
   * @param {number} index  of the piece from this point to the next
   * @param {(x: number, y: number, width: number, begins: boolean) => void} visit
   */
  piece(index, visit) {
    const [x0, y0] = this.steadied(index);
    const [x3, y3] = this.steadied(index + 1);
    const w0 = this.points[index].width;
    const w1 = this.points[index + 1].width;
    let first = this.handle(index, 1);
    let second = this.handle(index + 1, -1);
    // An end: half way to the other control point bends the curve evenly; between two ends it is straight.
    if (!first && !second) {
      first = second = [(x0 + x3) / 2, (y0 + y3) / 2];
    } else if (!first && second) {
      first = [(x0 + second[0]) / 2, (y0 + second[1]) / 2];
    } else if (first && !second) {
      second = [(x3 + first[0]) / 2, (y3 + first[1]) / 2];
    }
    const [x1, y1] = /** @type {number[]} */ (first);
    const [x2, y2] = /** @type {number[]} */ (second);
    const length = Math.hypot(x1 - x0, y1 - y0) + Math.hypot(x2 - x1, y2 - y1) + Math.hypot(x3 - x2, y3 - y2);
    const n = Math.max(1, Math.min(24, Math.ceil(length / 4)));
    visit(x0, y0, w0, true);
    for (let step = 1; step <= n; step++) {
      const t = step / n;
      const s = 1 - t;
      const [a, b, c, d] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
      visit(a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3, w0 + t * (w1 - w0), false);
    }
  }
}
