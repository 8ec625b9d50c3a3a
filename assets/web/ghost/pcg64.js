// @ts-check
/**
 * NumPy's PCG64: a 128-bit linear congruential generator with a permuted output, XSL-RR 128/64
 * (M. E. O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms", 2014).
 *
 * 128 bits are four 32-bit limbs, the lowest first, because BigInt is many times slower.
 */

import { SeedSequence } from "./seed_sequence.js";

const TWO_32 = 4294967296;
const [M0, M1, M2, M3] = [0x9fccf645, 0x4385df64, 0x1fc65da4, 0x2360ed05]; // the multiplier

/**
 * The upper 32 bits of the product of two unsigned 32-bit numbers.
 * @param {number} a @param {number} b @returns {number}
 */
function high(a, b) {
  const aLow = a & 0xffff,
    aHigh = a >>> 16,
    bLow = b & 0xffff,
    bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + (middle >>> 16) + (other >>> 16);
}

/** @param {number} a @param {number} b @returns {number} the lower 32 bits of their product, unsigned */
function low(a, b) {
  return Math.imul(a, b) >>> 0;
}

export class PCG64 {
  /** @param {SeedSequence} sequence where to start */
  constructor(sequence) {
    const w = sequence.generateState(8); // 64-bit words, of each the lower half first; the upper word first
    const [start, stream] = [
      [w[2], w[3], w[0], w[1]],
      [w[6], w[7], w[4], w[5]],
    ];
    // The increment is odd.
    this.i0 = ((stream[0] << 1) | 1) >>> 0;
    this.i1 = ((stream[1] << 1) | (stream[0] >>> 31)) >>> 0;
    this.i2 = ((stream[2] << 1) | (stream[1] >>> 31)) >>> 0;
    this.i3 = ((stream[3] << 1) | (stream[2] >>> 31)) >>> 0;
    [this.s0, this.s1, this.s2, this.s3] = [this.i0, this.i1, this.i2, this.i3]; // one step from zero
    let sum = this.s0 + start[0];
    this.s0 = sum >>> 0;
    sum = this.s1 + start[1] + (sum >= TWO_32 ? 1 : 0);
    this.s1 = sum >>> 0;
    sum = this.s2 + start[2] + (sum >= TWO_32 ? 1 : 0);
    this.s2 = sum >>> 0;
    this.s3 = (this.s3 + start[3] + (sum >= TWO_32 ? 1 : 0)) >>> 0;
    /** Halves of the last output, unsigned. */
    this.high = 0;
    this.low = 0;
    this.#step();
    this.hasHalf = false; // whether the upper half of an output waits for `next32`
    this.half = 0;
  }

  #step() {
    const { s0, s1, s2, s3 } = this;
    let column = low(s0, M0) + this.i0;
    this.s0 = column >>> 0;
    column = high(s0, M0) + low(s0, M1) + low(s1, M0) + this.i1 + (column >= TWO_32 ? 1 : 0);
    this.s1 = column >>> 0;
    column =
      high(s0, M1) +
      high(s1, M0) +
      low(s0, M2) +
      low(s1, M1) +
      low(s2, M0) +
      this.i2 +
      Math.floor(column / TWO_32);
    this.s2 = column >>> 0;
    this.s3 =
      (high(s0, M2) +
        high(s1, M1) +
        high(s2, M0) +
        low(s0, M3) +
        low(s1, M2) +
        low(s2, M1) +
        low(s3, M0) +
        this.i3 +
        Math.floor(column / TWO_32)) >>>
      0;
  }

  /** Put the next 64 bits into `high` and `low`. */
  next64() {
    this.#step();
    let upper = this.s3 ^ this.s1,
      lower = this.s2 ^ this.s0;
    let turn = this.s3 >>> 26;
    if (turn >= 32) {
      [upper, lower] = [lower, upper];
      turn -= 32;
    }
    this.high = (turn ? (upper >>> turn) | (lower << (32 - turn)) : upper) >>> 0;
    this.low = (turn ? (lower >>> turn) | (upper << (32 - turn)) : lower) >>> 0;
  }

  /** @returns {number} 32 bits, unsigned: the lower half of an output, then its upper half */
  next32() {
    if (this.hasHalf) {
      this.hasHalf = false;
      return this.half;
    }
    this.next64();
    this.hasHalf = true;
    this.half = this.high;
    return this.low;
  }
}
