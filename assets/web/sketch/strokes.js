// @ts-check
/**
 * The strokes of a drawing and the points of a sketch model: `models/strokes.py` for the browser.
 *
 * Places are flat, x and y in turn; points are flat float32 rows of dx, dy, pen: 0 the pen goes on, 1 it is
 * lifted after this point, 2 the drawing ends here. y down, model units. Results are rounded to float32 where
 * Python rounds them, so that the model hears the same numbers.
 */
import { facts } from "./facts.js";
import { interp } from "./hand.js";

export const DRAW = 0;
export const LIFT = 1;
export const END = 2;

/** @typedef {ArrayLike<number>} Places flat x, y */

/**
 * The places that matter: Ramer-Douglas-Peucker with the distance to the segment. A stroke of one place
 * comes back as two at the same place.
 * @param {Places} places (n, 2), n >= 1
 * @param {number} epsilon 0 or more, in the unit of the stroke
 * @returns {Float32Array} (m, 2), rows of the stroke
 */
export function simplify(places, epsilon) {
  checked(places, 2);
  if (places.length === 2) return Float32Array.of(places[0], places[1], places[0], places[1]);
  return rowsOf(places, corners(places, epsilon));
}

/**
 * Which places `simplify` keeps: their rows, rising.
 * @param {Places} places (n, 2), n >= 2
 * @param {number} epsilon
 * @returns {number[]}
 */
function corners(places, epsilon) {
  const n = places.length / 2;
  const isKept = new Uint8Array(n);
  isKept[0] = isKept[n - 1] = 1;
  const open = [[0, n - 1]];
  while (open.length) {
    const [start, stop] = /** @type {number[]} */ (open.pop());
    if (stop - start < 2) continue;
    const middle = split(places, start, stop, epsilon);
    if (middle > start) {
      isKept[middle] = 1;
      open.push([start, middle], [middle, stop]);
    }
  }
  return Array.from(isKept.keys()).filter((row) => isKept[row]);
}

/** Where to split a range: the row farthest from the line between its ends, or `start` if none is far. */
function split(/** @type {Places} */ places, /** @type {number} */ start, /** @type {number} */ stop, /** @type {number} */ epsilon) {
  const x = places[2 * start], y = places[2 * start + 1];
  const alongX = places[2 * stop] - x, alongY = places[2 * stop + 1] - y;
  const length2 = alongX * alongX + alongY * alongY;
  let farthest = start, most = -1;
  for (let row = start + 1; row < stop; row++) {
    let awayX = places[2 * row] - x, awayY = places[2 * row + 1] - y;
    if (length2 > 0) {
      const share = Math.min(Math.max((awayX * alongX + awayY * alongY) / length2, 0), 1);
      awayX -= share * alongX;
      awayY -= share * alongY;
    }
    const distance = Math.sqrt(awayX * awayX + awayY * awayY);
    if (distance > most) [most, farthest] = [distance, row];
  }
  return most > epsilon ? farthest : start;
}

/**
 * A stroke with its places at equal arc length: a slow and a fast hand give the same places.
 * @param {Places} places (n, 2), n >= 1
 * @param {number} spacing above 0; doubled until there are not too many places
 * @returns {Float32Array} (m, 2), from the first place to the last; one for a stroke without length
 */
export function resample(places, spacing) {
  checked(places, 2);
  const { xs, ys, at } = measured(places);
  if (xs.length === 1) return Float32Array.of(xs[0], ys[0]);
  const way = at[at.length - 1], mostPoints = facts.strokes.most_points;
  const most = way / (mostPoints - 1);
  if (most > spacing) spacing *= 2 ** Math.ceil(Math.log2(most) - Math.log2(spacing));
  const n = Math.min(Math.max(Math.ceil(way / spacing), 1), mostPoints - 1);
  const found = new Float32Array(2 * (n + 1));
  for (let i = 0; i <= n; i++) {
    const wanted = i < n ? spacing * i : way;
    found[2 * i] = interp(wanted, at, xs);
    found[2 * i + 1] = interp(wanted, at, ys);
  }
  return found;
}

/** Places without those where the one before is, and how far the pen has come at each. */
function measured(/** @type {Places} */ places) {
  const xs = [places[0]], ys = [places[1]], at = [0];
  let way = 0;
  for (let i = 2; i < places.length; i += 2) {
    const dx = places[i] - places[i - 2], dy = places[i + 1] - places[i - 1];
    const step = Math.sqrt(dx * dx + dy * dy);
    if (step > 0) {
      way += step;
      xs.push(places[i]);
      ys.push(places[i + 1]);
      at.push(way);
    }
  }
  return { xs, ys, at };
}

/**
 * One stroke in model units as a corpus holds it: resampled, then simplified.
 * @param {Places} places (n, 2), n >= 1
 * @param {number} epsilon of the corpus
 * @returns {Float32Array} (m, 2), m >= 2
 */
export function asTrained(places, epsilon) {
  return simplify(epsilon > 0 ? resample(places, epsilon / facts.strokes.fineness) : places, epsilon);
}

/**
 * Strokes in model units as points.
 * @param {Places[]} strokes (n, 2) each, in their order
 * @param {ArrayLike<number>} first the step of the first point
 * @param {boolean} end whether the drawing ends with the last point; if not the pen is lifted there
 * @returns {Float32Array} (n, 3)
 */
export function toPoints(strokes, first = [0, 0], end = true) {
  const drawn = strokes.filter((stroke) => stroke.length);
  const points = new Float32Array(drawn.reduce((n, stroke) => n + (3 * stroke.length) / 2, 0));
  let row = 0, x = 0, y = 0;
  for (const stroke of drawn) {
    checked(stroke, 2);
    for (let i = 0; i < stroke.length; i += 2, row += 3) {
      points[row] = row ? stroke[i] - x : first[0];
      points[row + 1] = row ? stroke[i + 1] - y : first[1];
      [x, y] = [stroke[i], stroke[i + 1]];
    }
    points[row - 1] = LIFT;
  }
  if (points.length) points[points.length - 1] = end ? END : LIFT;
  return points;
}

/**
 * The strokes of points; what comes after the drawing's end is passed over.
 * @param {ArrayLike<number>} points (n, 3)
 * @param {ArrayLike<number>} origin where the pen was before the first point
 * @returns {Float32Array[]} (n, 2) each; the last one may be unfinished
 */
export function toStrokes(points, origin = [0, 0]) {
  if (points.length) checked(points, 3);
  const found = [];
  let x = 0, y = 0, stroke = /** @type {number[]} */ ([]);
  for (let i = 0; i < points.length; i += 3) {
    x += points[i];
    y += points[i + 1];
    stroke.push(x + origin[0], y + origin[1]);
    if (points[i + 2] !== DRAW) {
      found.push(Float32Array.from(stroke));
      stroke = [];
    }
    if (points[i + 2] === END) break;
  }
  if (stroke.length) found.push(Float32Array.from(stroke));
  return found;
}

/** The rows of places, float32. */
function rowsOf(/** @type {Places} */ places, /** @type {number[]} */ rows) {
  const found = new Float32Array(2 * rows.length);
  rows.forEach((row, i) => {
    found[2 * i] = places[2 * row];
    found[2 * i + 1] = places[2 * row + 1];
  });
  return found;
}

/** RangeError unless there is at least one row, and all is finite and within reach. */
function checked(/** @type {Places} */ rows, /** @type {number} */ nColumns) {
  if (!rows.length || rows.length % nColumns) {
    throw new RangeError(`points: expected at least one row of ${nColumns}, got ${rows.length} numbers.`);
  }
  for (let i = 0; i < rows.length; i++) {
    if (!(Math.abs(rows[i]) <= facts.strokes.farthest)) {
      throw new RangeError(`points: expected numbers within 1e30, got ${rows[i]}.`);
    }
  }
}
