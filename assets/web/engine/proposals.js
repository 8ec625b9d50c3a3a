// @ts-check
/**
 * Several ways to go on, sampled side by side while the player is silent, and the one that is played.
 *
 * They are sampled a few events at a time, in one call of the model for all of them; when all are there a judge
 * chooses. See app/engine/proposals.py.
 */

import { constants } from "./constants.js";
import { plan } from "./course.js";
import { joined } from "../shared/rows.js";
import { widthOf } from "./guide.js";
import * as judge from "./judge.js";
import { sum32 } from "./numbers.js";

/** @import { Generator } from "./course.js" */
/** @import { GesturePhrase } from "./gesture_phrase.js" */
/** @import { GuardedGhost, Sampling, State } from "./guarded_ghost.js" */
/** @import { GestureGuide } from "./guide.js" */

/**
 * A stretch that is asked for.
 *
 * @typedef {object} Request
 * @property {number} voice the player's, that is answered
 * @property {State} state of the model, to go on from
 * @property {GesturePhrase} phrase that is answered
 * @property {GesturePhrase[]} others phrases of the evening like it
 * @property {number} seconds how long the stretch is to be at most
 * @property {boolean} begins whether it is the first part of an answer
 * @property {boolean} ends whether it is the last
 */

/**
 * What a stretch may be drawn toward.
 *
 * @param {Request} request
 * @param {Generator} rng
 * @returns {GestureGuide}
 */
export function guideOf({ phrase, seconds, others, begins, ends }, rng) {
  return plan(phrase, seconds, rng, others, { begins, ends });
}

/** One stretch in the making. A guided one ends with its guide. */
export class Proposal {
  /**
   * @param {Request} request
   * @param {GestureGuide} guide
   * @param {Float32Array | null} toward the guide as the model takes it; null if it cannot be guided
   */
  constructor(request, guide, toward) {
    const most = constants.proposals.MOST_EVENTS;
    this.request = request;
    this.guide = guide;
    this.toward = toward;
    this.state = request.state;
    /** @type {[Float32Array, State][]} */
    this.chunks = []; // rows that follow each other, each with the state of the model after them
    this.nEvents = 0;
    this.cost = Infinity; // what the judge says, infinity if it cannot be played
    this._seconds = 0;
    this._most = toward ? Math.min(guide.length, most) : most;
    this.isDone = this._most === 0; // nothing more of it will be played: its guide or its time is over
  }

  /**
   * Add what was made from `state`, with the state after it. Rows past the end are left out.
   *
   * @param {Float32Array} rows
   * @param {State} end
   * @param {GuardedGhost} ghost
   */
  async add(rows, end, ghost) {
    if (this.isDone) return;
    const { n, dt } = ghost.columns;
    const kept = rows.slice(0, (this._most - this.nEvents) * n);
    this.state = kept.length < rows.length ? await ghost.after(this.state, kept) : end;
    this.chunks.push([kept, this.state]);
    this.nEvents += kept.length / n;
    this._seconds += sum32(kept.filter((_, i) => i % n === dt));
    this.isDone = this.nEvents >= this._most || this._seconds > this.request.seconds;
  }

  /** Ask the judge what it costs. */
  judge() {
    const rows = joined(this.chunks.map(([part]) => part));
    const { phrase, seconds } = this.request;
    if (rows.every(Number.isFinite)) this.cost = judge.cost(phrase, phrase.of(rows), seconds);
  }
}

/** Proposals for one or several voices that are to be answered together. */
export class Proposals {
  /**
   * @param {GuardedGhost} ghost
   * @param {readonly Request[]} requests one for each voice, at least one; they share the model's batch
   * @param {Sampling} sampling
   * @param {Generator} rng source of the guides and of what is sampled
   */
  constructor(ghost, requests, sampling, rng) {
    this._ghost = ghost;
    this._sampling = sampling;
    this._rng = rng;
    const each = Math.max(Math.floor(ghost.nProposals / requests.length), 1);
    this._unbegun = requests.flatMap((request) => Array.from({ length: each }, () => request));
    /** @type {Proposal[]} */
    this._proposals = [];
    this._nJudged = 0;
  }

  /** Whether all proposals are there and judged. */
  get isDone() {
    return !this._unbegun.length && this._nJudged === this._proposals.length;
  }

  /** Do a little: begin one proposal, sample a few events of all that are begun, or judge one. */
  async work() {
    const request = this._unbegun.shift();
    if (request) {
      const guide = guideOf(request, this._rng);
      const { isGuided, guideSlices } = this._ghost;
      const toward = isGuided ? guide.toward(this._sampling.likeness, guideSlices) : null;
      this._proposals.push(new Proposal(request, guide, toward));
    } else if (!this._proposals.every((proposal) => proposal.isDone)) await this._sample();
    else this._proposals[this._nJudged++].judge();
  }

  /** Sample a few events more of every proposal. Those that a failing model leaves unfinished go. */
  async _sample() {
    const states = this._proposals.map((proposal) => proposal.state);
    const n = constants.proposals.STEP_EVENTS;
    const made = await this._ghost.propose(states, n, this._sampling, this._nextGuides(), this._rng);
    if (!made) {
      this._proposals = this._proposals.filter((proposal) => proposal.isDone);
      return;
    }
    for (const [i, proposal] of this._proposals.entries()) {
      await proposal.add(made.rows[i], made.states[i], this._ghost);
    }
  }

  /**
   * What is played on from `voice`; null if no proposal for it can be played.
   *
   * Of those that the judge likes best chance takes one: two answers to one phrase are to be two answers.
   *
   * @param {number} voice
   * @returns {Proposal | null}
   */
  best(voice) {
    const sound = this._proposals.filter((each) => each.request.voice === voice && each.cost < Infinity);
    if (!sound.length) return null;
    sound.sort((one, other) => one.cost - other.cost);
    const { GOOD, DIVERSE_GOOD } = constants.proposals;
    const share = GOOD + (DIVERSE_GOOD - GOOD) * sound[0].request.phrase.diversity;
    const dearest = sound[Math.ceil(share * sound.length) - 1].cost;
    // More than that share where many are equal.
    const good = sound.filter((each) => each.cost <= dearest);
    return good[this._rng.integers(0, good.length)];
  }

  /**
   * What is there of one proposal for `voice`, before they are done; null if that is nothing.
   *
   * @param {number} voice
   * @returns {Proposal | null}
   */
  begun(voice) {
    const first = this._proposals.find((each) => each.request.voice === voice && each.chunks.length);
    return first?.chunks.every(([rows]) => rows.every(Number.isFinite)) ? first : null;
  }

  /**
   * For each proposal, the next events of its guide; zeros where it is over.
   *
   * @returns {Float32Array | null} `(n, STEP_EVENTS, n_guide)`
   */
  _nextGuides() {
    if (!this._ghost.isGuided) return null;
    const nGuide = widthOf(this._ghost.guideSlices);
    const width = constants.proposals.STEP_EVENTS * nGuide;
    const guides = new Float32Array(this._proposals.length * width);
    for (const [i, { toward, nEvents }] of this._proposals.entries()) {
      if (toward) guides.set(toward.subarray(nEvents * nGuide, nEvents * nGuide + width), i * width);
    }
    return guides;
  }
}
