// @ts-check
/**
 * The randomness of a ghost, drawn outside its graph: so a seed reproduces a performance. As
 * `app.ghost.noise`.
 */

import { defaultRng, Generator, SeedSequence } from "./rng.js";

const OTHERS = 1 << 16; // the first key of the generators that are numbered, past those of the streams

export class Noise {
  /**
   * @param {readonly string[]} kinds "uniform" or "normal", in the order one event consumes them
   * @param {number | bigint | null} seed the same one gives the same numbers; null draws a fresh one
   */
  constructor(kinds, seed) {
    const root = new SeedSequence(seed);
    this.entropy = root.entropy;
    const [uniforms, normals, futures, choices, proposals] = root.spawn(5).map(defaultRng);
    this.streams = { uniforms, normals, futures, choices, proposals };
    this.nKinds = kinds.length;
    const where = kinds.map((_, i) => i);
    this.uniform = where.filter((i) => kinds[i] === "uniform");
    this.normal = where.filter((i) => kinds[i] !== "uniform");
  }

  /**
   * For the next `count` events.
   * @param {number} count
   * @returns {Float32Array} `(count, nKinds)`
   */
  events(count) {
    return this.#draw(count, this.streams.uniforms, this.streams.normals);
  }

  /**
   * For events of several futures.
   * @param {number} nEvents @param {number} nFutures
   * @returns {Float32Array} `(nEvents, nFutures, nKinds)`
   */
  futures(nEvents, nFutures) {
    return this.#draw(nEvents * nFutures, this.streams.futures, this.streams.futures);
  }

  /**
   * For events of several proposals.
   * @param {number} nEvents @param {number} nProposals @param {Generator | null} [rng]
   * @returns {Float32Array} `(nEvents, nProposals, nKinds)`
   */
  proposals(nEvents, nProposals, rng = null) {
    const source = rng ?? this.streams.proposals;
    return this.#draw(nEvents * nProposals, source, source);
  }

  /**
   * A generator for something else, by its number, from 0. Using one changes no other.
   * @param {number} number
   * @returns {Generator}
   */
  rng(number) {
    return defaultRng(new SeedSequence(this.entropy, [OTHERS, number]));
  }

  /**
   * One of `count`, from 0, each as likely as the others.
   * @param {number} count
   * @returns {number}
   */
  choice(count) {
    return this.streams.choices.integers(0, count);
  }

  /**
   * @param {number} nRows @param {Generator} uniforms @param {Generator} normals
   * @returns {Float32Array} `(nRows, nKinds)`
   */
  #draw(nRows, uniforms, normals) {
    const noise = new Float32Array(nRows * this.nKinds);
    this.#spread(noise, uniforms.random32(nRows * this.uniform.length), this.uniform);
    this.#spread(noise, normals.standardNormal32(nRows * this.normal.length), this.normal);
    return noise;
  }

  /** @param {Float32Array} noise @param {Float32Array} numbers @param {readonly number[]} columns */
  #spread(noise, numbers, columns) {
    for (let i = 0, n = 0; n < numbers.length; i += this.nKinds)
      for (const column of columns) noise[i + column] = numbers[n++];
  }
}
