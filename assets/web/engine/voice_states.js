// @ts-check
/**
 * The state of the model after each player voice, and what was played there. See app/engine/voice_states.py.
 *
 * A finger is a stream of its own: its `dt` counts from its own last event, whatever other fingers do meanwhile.
 */

import { constants } from "./constants.js";
import { Evening } from "./evening.js";
import { joined } from "../shared/rows.js";
import { distances } from "./judge.js";

/** @import { Touch } from "./events.js" */
/** @import { GesturePhrase } from "./gesture_phrase.js" */
/** @import { GuardedGhost, State } from "./guarded_ghost.js" */
/** @import { Settings } from "../shared/settings.js" */

/**
 * What the ghost remembers of one voice.
 *
 * @typedef {object} Stream
 * @property {State | null} state of the model after the last event
 * @property {Evening} evening all the player played
 * @property {number} lastS when the last event was; -Infinity before the first
 * @property {number} nHeard the player's events so far
 */

/** The streams of all voices, over one model. */
export class VoiceStates {
  /**
   * @param {GuardedGhost} ghost
   * @param {Settings} settings how long a silence ends a phrase
   */
  constructor(ghost, settings) {
    this.ghost = ghost;
    this._settings = settings;
    /** @type {Map<number, Stream>} */
    this.streams = new Map();
  }

  /**
   * Take in touches of the player, in their order. To hear many at once costs the model far less.
   *
   * @param {readonly Touch[]} events
   */
  async hear(events) {
    /** @type {Map<number, Touch[]>} */
    const voices = new Map();
    for (const event of events) voices.set(event.voice, [...(voices.get(event.voice) ?? []), event]);
    for (const [voice, itsEvents] of voices) {
      const stream = this.streams.get(voice) ?? this._open(voice);
      const rows = [];
      for (const event of itsEvents) {
        const dtS = stream.lastS === -Infinity ? 0 : event.timeS - stream.lastS;
        rows.push(this.ghost.columns.row(event, dtS));
        stream.lastS = event.timeS;
      }
      stream.state = await this.ghost.after(stream.state, joined(rows));
      stream.nHeard += rows.length;
      stream.evening.take(rows, this._settings.get("threshold_s"));
    }
  }

  /**
   * Remember what the ghost itself played on `voice`, until `lastS`.
   *
   * @param {number} voice
   * @param {State} state
   * @param {number} lastS
   */
  adopt(voice, state, lastS) {
    const stream = this.streams.get(voice) ?? this._open(voice);
    stream.state = state;
    stream.lastS = lastS;
  }

  /**
   * What is remembered of `voice`; if that is nothing, an empty stream without a state.
   *
   * @param {number} voice
   * @returns {Stream}
   */
  of(voice) {
    return this.streams.get(voice) ?? this._blank(null);
  }

  /**
   * How much later than the first of `voices` each one comes in, if they do as the player did.
   *
   * @param {readonly number[]} voices
   * @param {number} timescale stretches what they did
   * @param {number} latestS when the last one comes in at the latest: the others come sooner in proportion
   * @returns {Map<number, number>}
   */
  entriesS(voices, timescale, latestS) {
    /** @type {Map<number, number>} */
    const begun = new Map();
    for (const voice of voices) {
      const stream = this.streams.get(voice);
      if (stream) begun.set(voice, stream.lastS - stream.evening.openS);
    }
    const firstS = Math.min(...begun.values());
    const late = [...begun].map(([voice, timeS]) => /** @type {const} */ ([voice, timescale * (timeS - firstS)]));
    const lastS = Math.max(0, ...late.map(([, lateS]) => lateS));
    const kept = lastS <= latestS ? 1 : latestS / lastS;
    return new Map(late.map(([voice, lateS]) => [voice, kept * lateS]));
  }

  /**
   * The phrases of the evening, of any voice, whose manner is near that of `phrase`, nearest first.
   *
   * @param {GesturePhrase} phrase
   * @returns {GesturePhrase[]}
   */
  like(phrase) {
    const { MAX_COMPARED, LIKE, MOST_LIKE } = constants.voice_states;
    const nEach = Math.floor(MAX_COMPARED / Math.max(this.streams.size, 1));
    const earlier = [...this.streams.values()].flatMap((stream) => stream.evening.earlier().slice(0, nEach));
    const off = distances(phrase, earlier);
    const nearest = earlier.map((_, i) => i).sort((one, other) => off[one] - off[other]);
    return nearest
      .slice(0, MOST_LIKE)
      .filter((i) => off[i] < LIKE)
      .map((i) => earlier[i]);
  }

  /** Forget everything. */
  forget() {
    this.streams.clear();
  }

  /** @param {number} voice */
  _open(voice) {
    if (this.streams.size >= constants.voice_states.MAX_STREAMS) {
      const quietest = [...this.streams].reduce((one, other) => (other[1].lastS < one[1].lastS ? other : one));
      this.streams.delete(quietest[0]);
    }
    const stream = this._blank(this.ghost.blank);
    this.streams.set(voice, stream);
    return stream;
  }

  /**
   * @param {State | null} state
   * @returns {Stream}
   */
  _blank(state) {
    return { state, evening: new Evening(this.ghost.columns), lastS: -Infinity, nHeard: 0 };
  }
}
