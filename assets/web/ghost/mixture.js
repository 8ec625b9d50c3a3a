// @ts-check
/**
 * The mixture of the next event as plain numbers, for pictures. As `mdn.mixture`, for touches and drawings.
 */

import { layout } from "./guide_layout.js";

// As the densities have them in Python; a test compares.
const [MAX_CORRELATION, SHIFT_S] = [0.999, 1e-3];
const PLACES = { floor: 3e-4, unit: 0.1, middle: 0.5 };
const OFFSETS = { floor: 0.05 / Math.sqrt(3), share: 0.1 }; // the unit is a share of the box

/**
 * M components of what comes next: weights that sum to 1; means and covariances of place or step, `(M, 2)`
 * and `(M, 2, 2)`; median seconds until then, and the probability that the finger stays down, of touches; the
 * probabilities that the pen goes on, lifts or ends, `(M, 3)`, of drawings.
 * @typedef {{pi: Float32Array, mean: Float32Array, covariance: Float32Array,
 *   dtS: Float32Array, moving: Float32Array, pen: Float32Array}} Mixture
 */
/** @import { Manifest } from "./model_file.js" */
/** @typedef {{event: Float32Array, step: number[], place: number[], start: number[]}} Past */

/**
 * @param {Manifest} manifest
 * @param {Float32Array} params `(M * nRows,)`
 * @param {Float32Array} event the last one
 * @param {Float32Array} tensor the state in which it is heard
 * @returns {Mixture}
 */
export function describe(manifest, params, event, tensor) {
  const { rowSlices, nRows } = layout(manifest.densities, manifest.name);
  const count = params.length / nRows;
  const past = pastOf(manifest, event, tensor);
  const mixture = {
    pi: softmax(Array.from({ length: count }, (_, k) => params[k * nRows])),
    mean: new Float32Array(2 * count),
    covariance: new Float32Array(4 * count),
    dtS: new Float32Array(count),
    moving: new Float32Array(count).fill(1),
    pen: new Float32Array(rowSlices.pen ? 3 * count : 0),
  };
  for (let k = 0; k < count; k++) {
    const row = params.subarray(k * nRows, (k + 1) * nRows);
    /** @param {string} name */
    const own = (name) => row.subarray(...rowSlices[name]);
    const [mean, covariance] = rowSlices.places
      ? placed(own("places"), past)
      : stepped(own("offsets"), past, OFFSETS.share * (manifest.drawing?.box ?? 0));
    mixture.mean.set(mean, 2 * k);
    mixture.covariance.set(covariance, 4 * k);
    if (rowSlices.seconds) mixture.dtS[k] = Math.max(Math.exp(own("seconds")[0]) - SHIFT_S, 0);
    if (rowSlices.flag) mixture.moving[k] = 0.5 + 0.5 * Math.tanh(0.5 * own("flag")[0]);
    if (rowSlices.pen) mixture.pen.set(softmax([...own("pen")]), 3 * k);
  }
  return mixture;
}

/** @param {readonly number[]} logits @returns {Float32Array} */
function softmax(logits) {
  const top = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - top));
  const sum = weights.reduce((total, weight) => total + weight);
  return Float32Array.from(weights, (weight) => weight / sum);
}

/** Mean and covariance of a finger's place. @param {Float32Array} row @param {Past} past */
function placed(row, { event, step }) {
  const { floor, unit, middle } = PLACES;
  const mean = [0, 1].map((i) => {
    const aside = i ? step[0] : -step[1];
    return event[i] + unit * (row[i] + row[9] * (middle - event[i])) + row[7] * step[i] + row[8] * aside;
  });
  return [mean, covarianceOf(floor + Math.exp(row[2]), floor + Math.exp(row[3]), row[6])];
}

/** Mean and covariance of a pen's step. @param {Float32Array} row @param {Past} past @param {number} unit */
function stepped(row, { step, place, start }, unit) {
  const mean = [0, 1].map((i) => {
    const aside = i ? step[0] : -step[1];
    const turned = row[7] * step[i] + row[8] * aside;
    return unit * row[i] + turned - row[4 + i] * place[i] - row[9 + i] * (place[i] - start[i]);
  });
  const { floor } = OFFSETS;
  return [mean, covarianceOf(floor + unit * Math.exp(row[2]), floor + unit * Math.exp(row[3]), row[6])];
}

/**
 * @param {number} x deviation
 * @param {number} y deviation
 * @param {number} raw correlation before its bounds
 */
function covarianceOf(x, y, raw) {
  const shared = MAX_CORRELATION * Math.tanh(raw) * x * y;
  return [x * x, shared, shared, y * y];
}

/**
 * What the next event is relative to, once `event` was heard in `tensor`: its last rows keep the event
 * before, its route, and whether there was one. As `mdn.past_features.Route.follow`.
 * @param {Manifest} manifest @param {Float32Array} event @param {Float32Array} tensor
 * @returns {Past}
 */
function pastOf(manifest, event, tensor) {
  const n = event.length,
    at = manifest.layers * 2 * manifest.units;
  const before = tensor.subarray(at, at + n);
  const route = tensor.subarray(at + n, at + manifest.units);
  const known = tensor[at + manifest.units];
  if (!manifest.drawing) {
    const step = [0, 1].map((i) => known * (event[i] - before[i]));
    return { event, step, place: [], start: [] };
  }
  const place = [0, 1].map((i) => route[i] + event[i]);
  const begins = 1 - known * (1 - Math.min(before[2], 1));
  const start = [0, 1].map((i) => route[2 + i] + begins * (place[i] - route[2 + i]));
  return { event, step: [event[0], event[1]], place, start };
}
