// @ts-check
/**
 * The jam, a pure state machine: events and the time go in, actions come out; nothing is played here.
 *
 * See app/engine/jam.py; there is no loop here, and there are no keys and no knobs.
 */

import { Contacts } from "./contacts.js";
import { constants } from "./constants.js";

/** @import { Event, Touch } from "./events.js" */
/** @import { Settings } from "../shared/settings.js" */

/**
 * What is to be done: give an event to every sink, let the ghost hear one, let it answer these streams for so long
 * (null: until told) and no others, or let its replies end at once.
 *
 * @typedef {{do: "play", event: Event} | {do: "hear", event: Touch} | {do: "hush"}
 *   | {do: "answer", voices: number[], seconds: number | null}} Action
 */

/**
 * A mode, which is data of the facts: which of player and ghost plays when. See app/core/modes.py.
 *
 * @typedef {object} Mode
 * @property {string} name
 * @property {"NEVER" | "AFTER_SILENCE" | "WITH_PLAYER" | "ALONE"} begins what makes the ghost begin
 * @property {boolean} hears the ghost's memory takes in what the player plays
 * @property {boolean} yields a touch silences the ghost at once
 * @property {boolean} branches the ghost plays on a copy of its memory of the player
 * @property {boolean} judges what it plays is chosen among several proposals
 * @property {number} chunk_events how many events are sampled ahead at a time
 * @property {string} help
 * @property {string} you
 * @property {string} ghost
 */

const ONE = "one"; // of the choices of `ghosts`

/** The state of who plays. Reads `mode`, `ghosts` and the times in seconds from the settings. */
export class Jam {
  /** @param {Settings} settings */
  constructor(settings) {
    /** @type {Mode} */
    this.mode = constants.modes[settings.get("mode")];
    this._settings = settings;
    this._isOne = settings.get("ghosts") === ONE;
    /** @type {number | null} */
    this._heardVoice = null; // of the player, that one ghost for all heard last
    this._contacts = new Contacts(); // of the player; a finger that rests still plays
    /** @type {Set<number>} */
    this._phrase = new Set(); // streams of the last phrase, in the order they came in
    this._phraseS = -Infinity; // when the last phrase began
    this._lastS = -Infinity; // the player's last event
    this._answered = false; // the ghost has begun to answer the last phrase
    this._resting = false; // after a panic nothing begins until somebody does something
    this._pausedS = Infinity; // since when the ghost stands still
  }

  /**
   * The player did something.
   *
   * @param {Event} event
   * @returns {Action[]}
   */
  receive(event) {
    if (event.kind === "release") return this._lift(event);
    this._resting = false;
    /** @type {Action[]} */
    const actions = [{ do: "play", event }];
    if (this.mode.yields && this._answered) actions.push({ do: "hush" });
    if (this._answered || !this.isPlaying(event.timeS)) {
      this._phrase.clear();
      this._phraseS = event.timeS;
    }
    if (this.mode.begins !== "ALONE") this._answered = false;
    const heard = this._asHeard(event);
    const isNew = !this._phrase.has(heard.voice);
    this._phrase.add(heard.voice);
    this._lastS = Math.max(this._lastS, event.timeS);
    this._contacts.note(event);
    if (this.mode.hears) actions.push({ do: "hear", event: heard });
    if (this.mode.begins === "WITH_PLAYER" && isNew) actions.push({ do: "answer", voices: this.phrase, seconds: null });
    return actions;
  }

  /**
   * `event` in the stream it belongs to: one finger, which does not slide from hand to hand, or one of several.
   *
   * @param {Touch} event
   * @returns {Touch}
   */
  _asHeard(event) {
    if (!this._isOne) return event;
    const isSame = event.voice === this._heardVoice;
    this._heardVoice = event.voice;
    return { ...event, voice: 0, moving: event.moving && isSame };
  }

  /**
   * @param {Event} event
   * @returns {Action[]}
   */
  _lift(event) {
    if (!this._contacts.note(event)) return [];
    this._lastS = Math.max(this._lastS, event.timeS);
    return [{ do: "play", event }];
  }

  /**
   * What begins because of the time. Not called while the ghost is paused.
   *
   * @param {number} nowS
   * @returns {Action[]}
   */
  begin(nowS) {
    if (this._resting) return [];
    if (this.mode.begins === "ALONE" && !this._answered) {
      this._answered = true;
      return [{ do: "answer", voices: this._phrase.size ? this.phrase : [0], seconds: null }];
    }
    const answerS = this.answerS;
    if (answerS === null || nowS < answerS) return [];
    this._answered = true;
    return [{ do: "answer", ...this.nextAnswer }];
  }

  /**
   * Play by another mode from here on. The last phrase stays known.
   *
   * @param {string} name
   */
  setMode(name) {
    this.mode = constants.modes[name];
    this._answered = this._resting = false;
    if (this.mode.begins !== "ALONE") this._phrase.clear();
  }

  /**
   * From the next event on every voice is a stream ("each"), or all are one ("one").
   *
   * @param {string} word
   */
  setGhosts(word) {
    this._isOne = word === ONE;
    this._heardVoice = null;
    this._phrase.clear();
    this._answered = false;
  }

  /** Forget the phrase. Fingers that are down stay down. */
  reset() {
    this._phrase.clear();
    this._answered = this._resting = false;
  }

  /** Everything was silenced: no finger is down, and nothing begins until the player plays. */
  rest() {
    this._contacts.clear();
    this._phrase.clear();
    this._answered = false;
    this._resting = true;
  }

  /**
   * The ghost stands still from here on.
   *
   * @param {number} nowS
   */
  pause(nowS) {
    this._pausedS = Math.min(this._pausedS, nowS);
  }

  /** The ghost goes on. */
  resume() {
    this._pausedS = Infinity;
  }

  /** Whether the ghost stands still. */
  get isPaused() {
    return this._pausedS < Infinity;
  }

  /**
   * The time that what is planned refers to: in a pause it stands still.
   *
   * @param {number} timeS
   */
  musicS(timeS) {
    return Math.min(timeS, this._pausedS);
  }

  /**
   * Whether it is the player's turn: a finger is down, or the silence is shorter than the threshold.
   *
   * @param {number} nowS
   */
  isPlaying(nowS) {
    return nowS < this._turnEndS;
  }

  /**
   * As `isPlaying`, and the ghost has not taken over.
   *
   * @param {number} nowS
   */
  isPlayersTurn(nowS) {
    return this.isPlaying(nowS) && !(this.mode.yields && this._answered);
  }

  /** When the ghost will answer if the player does nothing; null while it does not wait for silence. */
  get answerS() {
    const waits = this.mode.begins === "AFTER_SILENCE" && this._phrase.size > 0 && this._turnEndS < Infinity;
    return waits && !this._answered ? this._turnEndS : null;
  }

  get _turnEndS() {
    return this._contacts.hasFinger ? Infinity : this._lastS + this._settings.get("threshold_s");
  }

  /**
   * What is answered when the silence is over: the streams, and for how long (null: until told).
   *
   * @returns {{voices: number[], seconds: number | null}}
   */
  get nextAnswer() {
    const { SHORTEST_REPLY_S, LONGEST_REPLY_S } = constants.jam;
    let seconds = this._settings.get("reply_s");
    if (seconds === constants.parameters.AS_LONG) {
      seconds = Math.min(Math.max(this._lastS - this._phraseS, SHORTEST_REPLY_S), LONGEST_REPLY_S);
    }
    return { voices: this.phrase, seconds: seconds || null };
  }

  /** Whether the last phrase was answered, and the player has not played since. */
  get hasAnswered() {
    return this._answered && this.mode.begins === "AFTER_SILENCE";
  }

  /** The streams of the last phrase, which an answer goes on from, in the order they came in. */
  get phrase() {
    return [...this._phrase];
  }

  /**
   * When to call `begin` next if no event comes; infinity if time changes nothing.
   *
   * @param {number} nowS
   */
  wakeS(nowS) {
    let wakeS = this._turnEndS > nowS ? this._turnEndS : Infinity;
    if (this.isPaused || this._resting) return wakeS;
    wakeS = Math.min(wakeS, this.answerS ?? Infinity);
    return this.mode.begins === "ALONE" && !this._answered ? Math.min(wakeS, nowS) : wakeS;
  }
}
