// @ts-check
/**
 * Tables of the ziggurat for normal numbers: 256 strips of equal area under exp(-x^2 / 2)
 * (G. Marsaglia, W. W. Tsang, "The Ziggurat Method for Generating Random Variables", 2000, with the 52 bits
 * of J. A. Doornik, "An Improved Ziggurat Method to Generate Normal Random Samples", 2005).
 *
 * The recurrence is that of the paper in double precision. Its logarithms and exponentials are rounded
 * correctly here, so that every browser has the same tables, whatever its `Math` gives.
 */

export const TAIL = 3.6541528853610088; // where the tail begins
const AREA = 0.004928673233974652; // of one strip
const BITS = 160n; // after the point, of numbers that are exact enough
const ONE = 1n << BITS;
/**
 * The exponential of strip 38 lies 0.0017 of a unit in the last place below the middle of two doubles.
 * NumPy's tables hold the upper one of them.
 */
const UPPER = 38;

/** @param {number} x a double of which no bit is below 2^-90 @returns {bigint} in fixed point */
function fixed(x) {
  return BigInt(x * 2 ** 90) << (BITS - 90n);
}

/** @param {bigint} x in fixed point @returns {number} */
function toNumber(x) {
  return Number(x) / 2 ** Number(BITS);
}

/** @param {number} x from -8 to 0 @returns {bigint} exp(x) in fixed point */
function exponential(x) {
  const small = fixed(x) >> 8n;
  let sum = ONE,
    term = ONE;
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    term = (term * small) / (n << BITS);
    sum += term;
  }
  for (let i = 0; i < 8; i++) sum = (sum * sum) >> BITS;
  return sum;
}

/** @param {number} x from -8 to 0 @returns {number} exp(x), rounded to the nearest double */
function roundedExp(x) {
  const near = Math.exp(x);
  return near + toNumber(exponential(x) - fixed(near));
}

/** @param {number} x from exp(-8) to 1 @returns {number} log(x), rounded to the nearest double */
function roundedLog(x) {
  const near = Math.log(x);
  return near + toNumber(fixed(x) - exponential(near)) / x;
}

/** @param {number} x at least 0 @returns {number} the nearest whole number, the even one of two */
function roundEven(x) {
  const below = Math.floor(x),
    rest = x - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** @returns {{edges: Float64Array, heights: Float64Array}} of each strip */
function strips() {
  const edges = new Float64Array(256),
    heights = new Float64Array(256);
  edges[255] = TAIL;
  heights[255] = roundedExp(-0.5 * TAIL * TAIL);
  for (let i = 254; i > 0; i--) {
    const x = Math.sqrt(-2 * roundedLog(AREA / edges[i + 1] + heights[i + 1]));
    edges[i] = x;
    heights[i] = roundedExp(-0.5 * x * x);
    if (i === UPPER) heights[i] += 2 ** -53;
  }
  edges[0] = AREA / heights[255];
  heights[0] = 1;
  return { edges, heights };
}

const { edges, heights } = strips();

/**
 * @param {number} scale how many different numbers a strip has
 * @returns {Float64Array} those that need no test
 */
function inside(scale) {
  const counts = new Float64Array(256);
  counts[0] = roundEven((TAIL / edges[0]) * scale);
  for (let i = 1; i < 255; i++) counts[i + 1] = roundEven((edges[i] / edges[i + 1]) * scale);
  return counts;
}

/**
 * For doubles: what a whole number below 2^52 is multiplied with, below which it is accepted, and heights.
 */
export const double = { widths: edges.map((x) => x / 2 ** 52), accepted: inside(2 ** 52), heights };

/** For single precision, of whole numbers below 2^23. */
export const single = {
  widths: Float32Array.from(edges, (x) => x / 2 ** 23),
  accepted: inside(2 ** 23),
  heights: Float32Array.from(heights),
};
