// @ts-check
/**
 * NumPy's reductions, in NumPy's order of additions, so that a choice that hangs on the last bit is the same.
 *
 * Source: NumPy's pairwise summation (numpy/_core/src/umath/loops_utils.h.src) and its linear percentile.
 */

/** @typedef {ArrayLike<number>} Numbers */

/**
 * The sum of values[start .. end), as `numpy.sum` adds float64 numbers that lie side by side.
 *
 * @param {Numbers} values
 * @param {number} [start]
 * @param {number} [end]
 * @returns {number}
 */
export function sum(values, start = 0, end = values.length) {
  return pairwise(values, start, end - start, (number) => number);
}

/**
 * The same in float32, as `numpy.sum` adds float32 numbers.
 *
 * @param {Numbers} values
 * @returns {number}
 */
export function sum32(values) {
  return pairwise(values, 0, values.length, Math.fround);
}

/**
 * @param {Numbers} values
 * @param {number} at
 * @param {number} n
 * @param {(number: number) => number} round
 * @returns {number}
 */
function pairwise(values, at, n, round) {
  if (n < 8) {
    let total = 0;
    for (let i = 0; i < n; i++) total = round(total + values[at + i]);
    return total;
  }
  if (n > 128) {
    let half = Math.floor(n / 2);
    half -= half % 8;
    return round(pairwise(values, at, half, round) + pairwise(values, at + half, n - half, round));
  }
  const r = [0, 1, 2, 3, 4, 5, 6, 7].map((j) => values[at + j]);
  let i = 8;
  for (; i < n - (n % 8); i += 8) for (let j = 0; j < 8; j++) r[j] = round(r[j] + values[at + i + j]);
  const left = round(round(r[0] + r[1]) + round(r[2] + r[3]));
  let total = round(left + round(round(r[4] + r[5]) + round(r[6] + r[7])));
  for (; i < n; i++) total = round(total + values[at + i]);
  return total;
}

/**
 * The mean; 0 of nothing.
 *
 * @param {Numbers} values
 * @returns {number}
 */
export function mean(values) {
  return values.length ? sum(values) / values.length : 0;
}

/**
 * Percentiles between the values nearest to them, as `numpy.percentile`.
 *
 * @param {Numbers} values at least one
 * @param {number[]} shares each in [0, 1]
 * @returns {number[]}
 */
export function quantiles(values, shares) {
  const ordered = Float64Array.from(values).sort();
  return shares.map((share) => {
    const at = (ordered.length - 1) * share;
    const low = Math.floor(at);
    const high = Math.min(low + 1, ordered.length - 1);
    const part = at - low;
    const apart = ordered[high] - ordered[low];
    return part >= 0.5 ? ordered[high] - apart * (1 - part) : ordered[low] + apart * part;
  });
}

/**
 * The median, as `numpy.median`.
 *
 * @param {Numbers} values at least one
 * @returns {number}
 */
export function median(values) {
  const ordered = Float64Array.from(values).sort();
  const middle = ordered.length >> 1;
  return ordered.length % 2 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
}

/**
 * Sums so far, as `numpy.cumsum`.
 *
 * @param {Numbers} values
 * @returns {Float64Array}
 */
export function cumulative(values) {
  const sums = new Float64Array(values.length);
  let total = 0;
  for (let i = 0; i < values.length; i++) sums[i] = total += values[i];
  return sums;
}

/**
 * The first place in ascending `values` whose number is not below `wanted`, or, from the right, is above it.
 *
 * @param {Numbers} values
 * @param {number} wanted
 * @param {boolean} [fromRight]
 * @returns {number}
 */
export function search(values, wanted, fromRight = false) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fromRight ? values[middle] <= wanted : values[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Where the smallest number is, the first of equal ones.
 *
 * @param {Numbers} values at least one
 * @returns {number}
 */
export function argmin(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] < values[best]) best = i;
  return best;
}

/**
 * Its square, which a power need not be to the last bit.
 *
 * @param {number} value
 * @returns {number}
 */
export function square(value) {
  return value * value;
}
