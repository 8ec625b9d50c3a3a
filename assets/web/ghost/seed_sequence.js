// @ts-check
/**
 * NumPy's SeedSequence: from one seed, well mixed starting states for many generators.
 *
 * The mixing is that of M. E. O'Neill's `seed_seq_fe` ("Developing a seed_seq Alternative", 2015).
 */

const POOL = 4; // 32-bit words of the pool

/** A 32-bit hash whose multiplier changes with every word it takes. */
class Hash {
  /**
   * @param {number} start
   * @param {number} step what multiplies the multiplier
   */
  constructor(start, step) {
    this.multiplier = start;
    this.step = step;
  }

  /** @param {number} word @returns {number} */
  next(word) {
    word ^= this.multiplier;
    this.multiplier = Math.imul(this.multiplier, this.step);
    word = Math.imul(word, this.multiplier);
    return (word ^ (word >>> 16)) >>> 0;
  }
}

/** @param {number} x @param {number} y @returns {number} */
function mix(x, y) {
  const word = Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y);
  return (word ^ (word >>> 16)) >>> 0;
}

/**
 * The 32-bit words of a whole number, the lowest first.
 * @param {number | bigint} value at least 0
 * @returns {number[]}
 */
function words(value) {
  let left = BigInt(value);
  if (left < 0n) throw new RangeError(`seed: expected a whole number >= 0, got ${value}.`);
  const found = [Number(left & 0xffffffffn)];
  while ((left >>= 32n) > 0n) found.push(Number(left & 0xffffffffn));
  return found;
}

/** @returns {bigint} 128 bits from the system */
function freshEntropy() {
  const four = crypto.getRandomValues(new Uint32Array(4));
  return four.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);
}

export class SeedSequence {
  /**
   * @param {number | bigint | null} [entropy] a whole number; null draws a fresh one
   * @param {readonly number[]} [spawnKey] which of the sequences of that seed
   */
  constructor(entropy = null, spawnKey = []) {
    this.entropy = entropy ?? freshEntropy();
    this.spawnKey = [...spawnKey];
    this.nSpawned = 0;
    this.pool = this.#mixed();
  }

  /**
   * `count` sequences that no other call gives.
   * @param {number} count
   * @returns {SeedSequence[]}
   */
  spawn(count) {
    const first = this.nSpawned;
    this.nSpawned += count;
    return Array.from(
      { length: count },
      (_, i) => new SeedSequence(this.entropy, [...this.spawnKey, first + i]),
    );
  }

  /**
   * @param {number} count of 32-bit words
   * @returns {Uint32Array}
   */
  generateState(count) {
    const hash = new Hash(0x8b51f9dd, 0x58f38ded);
    return Uint32Array.from({ length: count }, (_, i) => hash.next(this.pool[i % POOL]));
  }

  /** @returns {number[]} */
  #mixed() {
    const entropy = words(this.entropy);
    while (entropy.length < POOL) entropy.push(0);
    entropy.push(...this.spawnKey.flatMap(words));
    const hash = new Hash(0x43b0d7e5, 0x931e8875);
    const pool = Array.from({ length: POOL }, (_, i) => hash.next(entropy[i]));
    for (let from = 0; from < POOL; from++)
      for (let to = 0; to < POOL; to++) if (from !== to) pool[to] = mix(pool[to], hash.next(pool[from]));
    for (const word of entropy.slice(POOL))
      for (let to = 0; to < POOL; to++) pool[to] = mix(pool[to], hash.next(word));
    return pool;
  }
}
