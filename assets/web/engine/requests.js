// @ts-check
/** What is asked of the ghost: which stretches, made from what. See app/engine/requests.py. */

import { constants } from "./constants.js";

/** @import { Sampling, State } from "./guarded_ghost.js" */
/** @import { Jam } from "./jam.js" */
/** @import { Request } from "./proposals.js" */
/** @import { Settings } from "../shared/settings.js" */
/** @import { VoiceStates } from "./voice_states.js" */

/** Makes requests from what was heard and what is set. */
export class Requests {
  /**
   * @param {Jam} jam
   * @param {VoiceStates} voiceStates
   * @param {Settings} settings
   */
  constructor(jam, voiceStates, settings) {
    this._jam = jam;
    this._voiceStates = voiceStates;
    this._settings = settings;
  }

  /**
   * How the ghost is to play.
   *
   * @returns {Sampling}
   */
  get sampling() {
    return {
      piTemperature: this._settings.get("pi_temperature"),
      sigmaTemperature: this._settings.get("sigma_temperature"),
      likeness: this._settings.get("likeness"),
    };
  }

  /**
   * What comes next of an answer to `voice`, from `state` on; null if nobody played.
   *
   * @param {number} voice
   * @param {State} state
   * @param {number | null} leftS
   * @param {boolean} begins
   * @returns {Request | null}
   */
  next(voice, state, leftS, begins) {
    const { WHOLE_S, STRETCH_S } = constants.requests;
    const phrase = this._voiceStates.of(voice).evening.last();
    if (!phrase) return null;
    const timescale = this._settings.get("timescale"); // what the model hears is not stretched
    const ends = leftS !== null && leftS <= WHOLE_S;
    const seconds = leftS !== null && ends ? Math.max(leftS / timescale, 0.1) : STRETCH_S / timescale;
    return { voice, state, phrase, others: this._voiceStates.like(phrase), seconds, begins, ends };
  }

  /**
   * How the answers to `voices` begin.
   *
   * @param {readonly number[]} voices
   * @param {number | null} seconds
   * @returns {Request[]}
   */
  first(voices, seconds) {
    const requests = voices.slice(0, constants.requests.MAX_REPLIES).map((voice) => {
      const state = this.stateFor(voice);
      return state === null ? null : this.next(voice, state, seconds, true);
    });
    return requests.filter((request) => request !== null);
  }

  /**
   * What requests for an answer are made from; whatever changes a state makes another object.
   *
   * @param {readonly number[]} voices
   * @param {number | null} seconds
   * @returns {unknown[]}
   */
  basis(voices, seconds) {
    const heard = voices.flatMap((voice) => [voice, this._voiceStates.of(voice).nHeard, this.stateFor(voice)]);
    return [...Object.values(this.sampling), seconds, this._settings.get("timescale"), ...heard];
  }

  /**
   * The state that an answer to `voice` goes on from; null if nothing was heard of it. A ghost that needs nobody
   * goes on from nothing.
   *
   * @param {number} voice
   * @returns {State | null}
   */
  stateFor(voice) {
    const { state } = this._voiceStates.of(voice);
    return state === null && this._jam.mode.begins === "ALONE" ? this._voiceStates.ghost.blank : state;
  }
}
