// @ts-check
/**
 * NumPy's `Generator` over PCG64: the same seed gives the same numbers as on the desktop, bit for bit.
 *
 * The one exception is left to NumPy's own platform: the tail of the normal numbers beyond 3.65 (one in
 * 3900) goes through `log1p`, whose last bit differs from one C library to the next.
 */

import { PCG64 } from "./pcg64.js";
import { SeedSequence } from "./seed_sequence.js";
import { double, single, TAIL } from "./ziggurat.js";

export { SeedSequence };

const { fround } = Math;
const TWO_32 = 4294967296;
const INVERSE_TAIL = 1 / TAIL;
const [TAIL_32, INVERSE_TAIL_32] = [fround(TAIL), fround(INVERSE_TAIL)];

export class Generator {
  /** @param {SeedSequence} sequence */
  constructor(sequence) {
    this.bits = new PCG64(sequence);
  }

  /** @returns {number} uniform in [0, 1), a double */
  random() {
    const { bits } = this;
    bits.next64();
    return (bits.high * 2097152 + (bits.low >>> 11)) / 9007199254740992;
  }

  /**
   * @param {number} count
   * @returns {Float32Array} uniform in [0, 1), as `random(count, dtype="float32")`
   */
  random32(count) {
    const made = new Float32Array(count);
    for (let i = 0; i < count; i++) made[i] = this.#uniform32();
    return made;
  }

  /** @returns {number} a normal number, a double */
  standardNormal() {
    const { bits } = this;
    const { widths, accepted, heights } = double;
    for (;;) {
      bits.next64();
      const strip = bits.low & 0xff;
      const size = ((bits.high >>> 9) & 0xfffff) * TWO_32 + (((bits.low >>> 9) | (bits.high << 23)) >>> 0);
      const x = (bits.low & 0x100 ? -size : size) * widths[strip];
      if (size < accepted[strip]) return x;
      if (strip === 0) {
        const sign = Math.floor(size / 256) % 2 ? -1 : 1;
        for (;;) {
          const beyond = -INVERSE_TAIL * Math.log1p(-this.random());
          const y = -Math.log1p(-this.random());
          if (y + y > beyond * beyond) return sign * (TAIL + beyond);
        }
      }
      const height = (heights[strip - 1] - heights[strip]) * this.random() + heights[strip];
      if (height < Math.exp(-0.5 * x * x)) return x;
    }
  }

  /**
   * @param {number} count
   * @returns {Float32Array} normal numbers, as `standard_normal(count, dtype="float32")`
   */
  standardNormal32(count) {
    const made = new Float32Array(count);
    for (let i = 0; i < count; i++) made[i] = this.#normal32();
    return made;
  }

  /**
   * A whole number of `low <= n < high`, as `integers(low, high)`.
   *
   * Lemire's method ("Fast Random Integer Generation in an Interval", 2019).
   * @param {number} low
   * @param {number} high at most 2^32 above `low`
   * @returns {number}
   */
  integers(low, high) {
    const range = high - low;
    if (!(Number.isInteger(range) && range >= 1 && range <= TWO_32))
      throw new RangeError(`integers: expected 1 to 2^32 numbers, got ${low} to ${high}.`);
    if (range === 1) return low; // without a draw
    if (range === TWO_32) return low + this.bits.next32();
    const unfair = (TWO_32 - range) % range;
    for (;;) {
      const word = this.bits.next32();
      if (Math.imul(word, range) >>> 0 >= unfair) return low + upperProduct(word, range);
    }
  }

  /** @returns {number} a number of Gumbel's distribution, as `gumbel()` */
  gumbel() {
    for (;;) {
      const uniform = 1 - this.random();
      if (uniform < 1) return -Math.log(-Math.log(uniform));
    }
  }

  /** @returns {number} */
  #uniform32() {
    return (this.bits.next32() >>> 8) / 16777216;
  }

  /** @returns {number} */
  #normal32() {
    const { widths, accepted, heights } = single;
    for (;;) {
      const word = this.bits.next32();
      const strip = word & 0xff,
        size = word >>> 9;
      const x = fround((word & 0x100 ? -size : size) * widths[strip]);
      if (size < accepted[strip]) return x;
      if (strip === 0) {
        const sign = (size >>> 8) & 1 ? -1 : 1;
        for (;;) {
          const beyond = fround(-INVERSE_TAIL_32 * fround(Math.log1p(-this.#uniform32())));
          const y = fround(-fround(Math.log1p(-this.#uniform32())));
          if (fround(y + y) > fround(beyond * beyond)) return sign * fround(TAIL_32 + beyond);
        }
      }
      const step = fround(fround(heights[strip - 1] - heights[strip]) * this.#uniform32());
      if (fround(step + heights[strip]) < Math.exp(-0.5 * x * x)) return x;
    }
  }
}

/**
 * The upper 32 bits of the product of a 32-bit word and a number below 2^32.
 * @param {number} word @param {number} range @returns {number}
 */
function upperProduct(word, range) {
  const lower = (word & 0xffff) * range;
  return Math.floor(((word >>> 16) * range + Math.floor(lower / 65536)) / 65536);
}

/**
 * A generator as `numpy.random.default_rng` makes it.
 * @param {number | bigint | null | SeedSequence} [seed]
 * @returns {Generator}
 */
export function defaultRng(seed = null) {
  return new Generator(seed instanceof SeedSequence ? seed : new SeedSequence(seed));
}
