// @ts-check
/**
 * The curve of a stroke: through its points, smooth where it bends, sharp where it turns: `app/pictures/curves.py`.
 *
 * A place is `[x, y]` or `[x, y, width]`; a bend is a cubic Bezier as eight numbers, start, two controls, end.
 *
 * Source: C. Yuksel, S. Schaefer, J. Keyser, "Parameterization and applications of Catmull-Rom curves",
 * Computer-Aided Design 43 (2011).
 * @module curves
 */

/** @typedef {number[]} Place */
/** @typedef {number[]} Bend */
/** @typedef {{corner: number, next: number, before: number, tip_tolerance: number}} CurveFacts */

/**
 * Indices of the places that differ from the one before.
 * @param {Place[]} places
 * @returns {number[]}
 */
export function distinct(places) {
  const moved = (/** @type {number} */ i) => places[i][0] !== places[i - 1][0] || places[i][1] !== places[i - 1][1];
  return Array.from(places.keys()).filter((i) => i === 0 || moved(i));
}

/**
 * Places moved towards the middle of their neighbours: without the steps of whole pixels. One that would move
 * as far as `most` is meant and stays; first and last stay.
 * @param {Place[]} places
 * @param {number} most
 * @returns {Place[]}
 */
export function steadied(places, most) {
  const n = places.length;
  if (!(most > 0) || n < 3) return places;
  return places.map((place, i) => {
    if (i === 0 || i === n - 1) return place;
    const before = places[i - 1], after = places[i + 1];
    const x = 0.25 * (before[0] + after[0]) - 0.5 * place[0];
    const y = 0.25 * (before[1] + after[1]) - 0.5 * place[1];
    const part = Math.max(1 - (x * x + y * y) / most ** 2, 0);
    return [place[0] + x * part, place[1] + y * part, ...place.slice(2)];
  });
}

/**
 * One cubic Bezier per pair of neighbours: a centripetal Catmull-Rom spline with corners.
 * @param {CurveFacts} facts
 * @param {Place[]} p neighbours must differ
 * @param {number | null} stray no curve is further than this from its chord; null: as far as the spline bends
 * @returns {Bend[]}
 */
export function beziers(facts, p, stray = null) {
  const n = p.length;
  if (n < 2) return [];
  const chords = [], lengths = [], knots = [];
  for (let i = 0; i + 1 < n; i++) {
    const x = p[i + 1][0] - p[i][0], y = p[i + 1][1] - p[i][1];
    const length = Math.max(Math.hypot(x, y), 1e-12);
    chords.push([x, y]);
    lengths.push(length);
    knots.push(Math.sqrt(length)); // centripetal: chord ** 0.5
  }
  const inner = /** @type {number[][]} */ ([]), ends = new Array(n).fill(false);
  ends[0] = ends[n - 1] = true;
  for (let i = 1; i + 1 < n; i++) {
    const [a, b] = [chords[i - 1], chords[i]], [ka, kb] = [knots[i - 1], knots[i]];
    // The velocity at an inner point: of the parabola through it and its two neighbours.
    inner[i] = [0, 1].map((axis) => ((a[axis] / ka) * kb + (b[axis] / kb) * ka) / (3 * (ka + kb)));
    ends[i] = a[0] * b[0] + a[1] * b[1] < facts.corner * lengths[i - 1] * lengths[i];
  }
  return chords.map((chord, i) => bend(p, i, inner, ends, knots, chord, lengths[i], stray));
}

/** The curve from place i to the next. */
function bend(
  /** @type {Place[]} */ p, /** @type {number} */ i, /** @type {number[][]} */ inner, /** @type {boolean[]} */ ends,
  /** @type {number[]} */ knots, /** @type {number[]} */ chord, /** @type {number} */ length, /** @type {number | null} */ stray,
) {
  const [a, d] = [p[i], p[i + 1]];
  let b = inner[i] && [0, 1].map((axis) => a[axis] + inner[i][axis] * knots[i]);
  let c = inner[i + 1] && [0, 1].map((axis) => d[axis] - inner[i + 1][axis] * knots[i]);
  // An end: half way to the other control point bends the curve evenly; between two ends it is straight.
  if (ends[i] && ends[i + 1]) b = c = [0, 1].map((axis) => (a[axis] + d[axis]) / 2);
  else if (ends[i]) b = [0, 1].map((axis) => (a[axis] + c[axis]) / 2);
  else if (ends[i + 1]) c = [0, 1].map((axis) => (d[axis] + b[axis]) / 2);
  if (stray !== null) {
    // With both control points at a distance d the curve is 3/4 d from its chord, and never further.
    const across = [-chord[1] / length, chord[0] / length], most = stray / 0.75;
    [b, c] = [[b, a], [c, d]].map(([control, end]) => {
      const handle = [control[0] - end[0], control[1] - end[1]];
      const away = Math.max(Math.abs(handle[0] * across[0] + handle[1] * across[1]), 1e-12);
      const share = Math.min(1, most / away);
      return [end[0] + handle[0] * share, end[1] + handle[1] * share];
    });
  }
  return [a[0], a[1], b[0], b[1], c[0], c[1], d[0], d[1]];
}

/**
 * Into how many chords to cut a curve so that they stay within `tolerance` of it (Wang's formula).
 * @param {Bend} bend
 * @param {number} tolerance
 * @param {number} longest no chord is longer than about this
 * @returns {number}
 */
function nPieces(bend, tolerance, longest) {
  let most = 0, length = 0;
  for (let i = 0; i < 6; i += 2) length += Math.hypot(bend[i + 2] - bend[i], bend[i + 3] - bend[i + 1]);
  for (let i = 0; i < 4; i++) most = Math.max(most, Math.abs(bend[i + 4] - 2 * bend[i + 2] + bend[i]));
  return Math.max(Math.ceil(Math.max(Math.sqrt((6 * most) / (8 * tolerance)), length / longest)), 1);
}

/**
 * The place of a curve at t in [0, 1].
 * @param {Bend} bend
 * @param {number} t
 * @returns {Place}
 */
export function at(bend, t) {
  const s = 1 - t, [a, b, c, d] = [s ** 3, 3 * s * s * t, 3 * s * t * t, t ** 3];
  return [0, 1].map((axis) => a * bend[axis] + b * bend[axis + 2] + c * bend[axis + 4] + d * bend[axis + 6]);
}

/**
 * The places of a brush on curves that follow each other: x, y and width, between which it is straight.
 * @param {Bend[]} bends
 * @param {number[]} widths one more than curves
 * @param {number} tolerance
 * @param {number} longest
 * @returns {Place[]}
 */
export function along(bends, widths, tolerance, longest) {
  if (!bends.length) return [];
  const found = [[bends[0][0], bends[0][1], widths[0]]];
  bends.forEach((bend, i) => {
    const n = nPieces(bend, tolerance, longest);
    for (let k = 1; k <= n; k++) {
      found.push([...at(bend, k / n), widths[i] + (k / n) * (widths[i + 1] - widths[i])]);
    }
  });
  return found;
}

/** A stroke that goes on, drawn piece by piece. */
export class GrowingCurve {
  /** @param {CurveFacts} facts @param {Place} first x, y and width */
  constructor(facts, first) {
    this.facts = facts;
    this.points = [first];
    this.nGiven = 0; // pieces between these points that were given
  }

  /** Where it is now. */
  get last() {
    return this.points[this.points.length - 1];
  }

  /** The stroke goes on to a place; whether that is another one. @param {Place} place x, y and width */
  add(place) {
    if (place[0] === this.last[0] && place[1] === this.last[1]) return false;
    this.points.push(place);
    return true;
  }

  /**
   * What is new and stays, and the tip, which is given anew until the next points tell how it bends.
   * @param {number} most of `steadied`
   * @param {number} tolerance
   * @param {number} longest
   * @param {boolean} ends whether it goes on no more
   * @returns {{stays: Place[], tip: Place[]}}
   */
  grow(most, tolerance, longest, ends) {
    const { next, before, tip_tolerance } = this.facts, count = this.points.length;
    const points = this.points, widths = points.map((point) => point[2]);
    const bends = beziers(this.facts, steadied(points, most));
    const first = this.nGiven, stop = ends ? count - 1 : Math.max(first, count - next);
    const stays = along(bends.slice(first, stop), widths.slice(first, stop + 1), tolerance, longest);
    const tip = along(bends.slice(stop), widths.slice(stop), tip_tolerance * tolerance, longest);
    const kept = Math.max(0, stop - before);
    this.points = points.slice(kept);
    this.nGiven = stop - kept;
    return { stays, tip };
  }
}
