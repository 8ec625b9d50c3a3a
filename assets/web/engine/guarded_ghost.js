// @ts-check
/**
 * The ghost as functions of a state: every use of the model by the engine goes through here, guarded.
 *
 * A model that throws, or answers with numbers that are not finite, is noticed and never stops the music. See
 * app/engine/guarded_ghost.py. The calls of the model take time, and one at a time is made: see engine.js.
 */

import { Columns } from "./event_rows.js";

/** @import { Generator } from "./course.js" */
/** @import { GestureGuide, Part } from "./guide.js" */
/** @typedef {unknown} State the model's own: only kept, compared, and passed back to it */

/**
 * How the ghost is to play: what a person set.
 *
 * @typedef {{piTemperature: number, sigmaTemperature: number, likeness: number}} Sampling
 */

/**
 * What the engine needs of a ghost, see assets/web/ghost/ghost.js. Rows are `(n, n_columns)`, one after the other.
 *
 * @typedef {object} GhostLike
 * @property {readonly string[]} columns
 * @property {Record<string, Part>} guideSlices empty for a model that cannot be guided
 * @property {number} nProposals 0 for who makes none
 * @property {State} state
 * @property {() => void} reset
 * @property {(number: number) => Generator} rng
 * @property {(rows: Float32Array) => Promise<void>} feed
 * @property {(nEvents: number, how: {guide?: Float32Array | null, piTemperature?: number, sigmaTemperature?: number})
 *   => Promise<Float32Array>} generate
 * @property {(states: State[], nEvents: number, how: {guides?: Float32Array | null, piTemperature?: number,
 *   sigmaTemperature?: number, rng?: Generator | null}) => Promise<{events: Float32Array, states: State[]}>} propose
 */

/** A ghost that continues from any state it is given; its faults are caught. */
export class GuardedGhost {
  /** @param {GhostLike} ghost throws where its columns are not those of touch */
  constructor(ghost) {
    this._ghost = ghost;
    /** What a person should know of a fault; each kind of fault is told of once. */
    this.notice = "";
    /** @type {Set<string>} */
    this._told = new Set();
    this.columns = new Columns(ghost.columns);
    this.guideSlices = ghost.guideSlices;
    this.isGuided = Object.keys(ghost.guideSlices).length > 0;
    this.nProposals = ghost.nProposals;
    ghost.reset();
    /** The state of a ghost that has heard nothing. It can go on even from there. */
    this.blank = ghost.state;
  }

  /**
   * The generator of a number: for a seed always the same.
   *
   * @param {number} number
   */
  rng(number) {
    return this._ghost.rng(number);
  }

  /**
   * The state after hearing rows; blank if the model fails. No rows change nothing.
   *
   * @param {State} state
   * @param {Float32Array} rows
   * @returns {Promise<State>}
   */
  async after(state, rows) {
    if (!rows.length) return state;
    try {
      this._ghost.state = state;
      await this._ghost.feed(rows);
      return this._ghost.state;
    } catch (error) {
      this._fault("hear", error);
      return this.blank;
    }
  }

  /**
   * Sample up to `nEvents` rows from `state`, and the state after; null if the model fails.
   *
   * @param {State} state
   * @param {number} nEvents
   * @param {Sampling} sampling
   * @param {GestureGuide | null} guide of as many events
   * @returns {Promise<[Float32Array, State] | null>}
   */
  async sample(state, nEvents, { likeness, ...temperatures }, guide) {
    try {
      this._ghost.state = state;
      const toward = guide && this.isGuided ? guide.toward(likeness, this.guideSlices) : null;
      const rows = await this._ghost.generate(nEvents, { ...temperatures, guide: toward });
      if (!rows.every(Number.isFinite)) throw new Error("generate: expected finite numbers, got NaN or infinity.");
      return [rows, this._ghost.state];
    } catch (error) {
      this._fault("go on", error);
      return null;
    }
  }

  /**
   * Sample `nEvents` rows from each state, and the states after; null if the model fails. Rows may be anything but
   * finite: it is for who asks to leave those out.
   *
   * @param {State[]} states
   * @param {number} nEvents
   * @param {Sampling} sampling
   * @param {Float32Array | null} guides `(n, nEvents, n_guide)`
   * @param {Generator} rng
   * @returns {Promise<{rows: Float32Array[], states: State[]} | null>}
   */
  async propose(states, nEvents, { piTemperature, sigmaTemperature }, guides, rng) {
    try {
      const made = await this._ghost.propose(states, nEvents, { guides, piTemperature, sigmaTemperature, rng });
      const n = nEvents * this.columns.n;
      return { rows: states.map((_, i) => made.events.slice(i * n, (i + 1) * n)), states: made.states };
    } catch (error) {
      this._fault("propose", error);
      return null;
    }
  }

  /**
   * @param {string} verb
   * @param {unknown} error
   */
  _fault(verb, error) {
    if (this._told.has(verb)) return;
    this._told.add(verb);
    const text = error instanceof Error ? error.message : String(error);
    this.notice = `The ghost failed to ${verb} and began afresh: ${text}`;
  }
}
