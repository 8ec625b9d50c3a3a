// @ts-check
/**
 * Carries out the jam's actions, at the time the clock says. See app/engine/action_player.py.
 *
 * Four things that are easy to mix up: pause holds the ghost still, mute lets it go on unheard, reset makes it forget,
 * and panic silences everything at once. Each may be done twice without harm.
 */

import { constants } from "./constants.js";
import { Jam } from "./jam.js";
import { Replies } from "./replies.js";
import { Schedule } from "./schedule.js";
import { VoiceStates } from "./voice_states.js";

/** @import { Event, Touch } from "./events.js" */
/** @import { GuardedGhost } from "./guarded_ghost.js" */
/** @import { Action } from "./jam.js" */
/** @import { Settings } from "../shared/settings.js" */
/** @import { SinkFanout } from "./sink_fanout.js" */
/** @typedef {{now: () => number}} Clock monotonic seconds */

const SAMPLING_SETTINGS = ["pi_temperature", "sigma_temperature", "likeness", "timescale"]; // how the ghost plays

/** Jam, replies, schedule and sinks, put together. */
export class ActionPlayer {
  /**
   * @param {GuardedGhost} ghost
   * @param {Settings} settings
   * @param {SinkFanout} fanout
   * @param {Clock} clock
   * @param {{aheadS: number, breathe: () => Promise<void>}} pace see `Engine`
   */
  constructor(ghost, settings, fanout, clock, { aheadS, breathe }) {
    this.jam = new Jam(settings);
    /** @type {Action[]} */
    this.unsettled = []; // what was received and is to be settled, in its order
    this._settings = settings;
    this._fanout = fanout;
    this._clock = clock;
    this._aheadS = aheadS;
    this._breathe = breathe;
    this._giveUp = () => {}; // ends a wait for proposals
    this._schedule = new Schedule();
    this._replies = new Replies(this.jam, new VoiceStates(ghost, settings), this._schedule, settings);
  }

  /**
   * Whose turn it is: "player", "ghost" or "nobody". Where both play, it is the player's, and so it is where an answer
   * is due that waits for the model.
   */
  get turn() {
    const isDue = this.jam.answerS !== null && !this.jam.isPaused;
    if (isDue || this.jam.isPlayersTurn(this._clock.now())) return "player";
    if (this._replies.areGoing || this._schedule.nextS < Infinity) return "ghost";
    return this.jam.hasAnswered ? "player" : "nobody";
  }

  /**
   * The player did something. It sounds now; what the ghost makes of it waits for `settle`.
   *
   * @param {Event} event
   */
  receive(event) {
    const nowS = this._clock.now();
    const timely = event.timeS > nowS ? { ...event, timeS: nowS } : event;
    for (const action of this.jam.receive(timely)) {
      if (action.do === "play") this._fanout.play(action.event);
      else this.unsettled.push(action);
    }
  }

  /**
   * The ghost yields to, listens to and answers what was received, in its order.
   *
   * @param {() => boolean} [interrupted] the player did something meanwhile, which is to sound first
   */
  async settle(interrupted = () => false) {
    while (this.unsettled.length) {
      const events = this._nextHeard();
      if (!events.length) {
        await this._do(this.unsettled.splice(0, 1));
        continue;
      }
      await this._replies.voiceStates.hear(events);
      if (interrupted()) return;
    }
  }

  /**
   * Do what is due: play first, then begin, and sample what will be due soon.
   *
   * @param {() => boolean} interrupted then the rest of the sampling waits
   */
  async advance(interrupted) {
    if (this.jam.isPaused) return;
    this._playDue();
    if (this.unsettled.length) return; // else the ghost would answer half a phrase
    await this._do(this.jam.begin(this._clock.now()));
    const goesOn = async () => {
      if (interrupted()) return false; // what is due is played no more, for the ghost may be to yield
      this._playDue();
      await this._breathe();
      return true;
    };
    if (!interrupted()) this._playDue();
    while (!interrupted() && (await this._replies.fill(this._clock.now())) && (await goesOn()));
    while (!interrupted() && this._isAhead && (await this._prepare()) && (await goesOn()));
  }

  /** Do what is due now although something else waits for the model: play, or begin an answer with what there is. */
  playDue() {
    if (!this.jam.isPaused && !this.unsettled.length) this._playDue();
    if (this._clock.now() >= (this.jam.answerS ?? Infinity)) this._giveUp();
  }

  /** When there is something to play or to begin next; infinity if that is never. */
  get dueS() {
    return this.jam.isPaused ? Infinity : Math.min(this._schedule.nextS, this.jam.answerS ?? Infinity);
  }

  /** As `Replies.prepare`, until the answer is due: what the model gives after that is dropped. */
  async _prepare() {
    const isDue = new Promise((resolve) => (this._giveUp = () => resolve(false)));
    const isMade = await Promise.race([this._replies.prepare(), isDue]);
    this._giveUp = () => {};
    return isMade;
  }

  /** The player touched while a step waits for the model: the ghost falls silent if it is to yield. */
  yieldAtOnce() {
    if (this.jam.mode.yields && this.jam.hasAnswered) this._fanout.release(this._clock.now(), "ghost");
  }

  /** When to call `advance` next if nothing happens; infinity if time changes nothing. */
  wakeS() {
    const nowS = this._clock.now();
    if (this.unsettled.length) return nowS;
    let wakeS = this.jam.wakeS(nowS);
    if (this.jam.isPaused) return wakeS;
    wakeS = Math.min(wakeS, this._schedule.nextS, this._replies.wakeS(nowS));
    const { answerS } = this.jam;
    const isToPrepare = answerS !== null && nowS < answerS - constants.replies.WORK_S && !this._replies.isPrepared;
    return isToPrepare ? Math.min(wakeS, answerS - this._aheadS) : wakeS;
  }

  /**
   * Do what a setting says now. What is not named here is read when it is needed.
   *
   * @param {string} name
   */
  async follow(name) {
    const value = this._settings.get(name);
    if (name === "mode") {
      if (value === this.jam.mode.name) return;
      await this._clear();
      this.jam.setMode(value);
    } else if (name === "ghosts") {
      await this._clear();
      this.jam.setGhosts(value);
    } else if (name === "pause") this._pause(value);
    else if (name === "mute") this._fanout.mute(value, this._clock.now());
    else if (SAMPLING_SETTINGS.includes(name)) await this._replies.sampleAnew(this._musicS);
  }

  /**
   * Hold the ghost still, or let it go on where it was. Its fingers leave the canvas meanwhile.
   *
   * @param {boolean} isPaused
   */
  _pause(isPaused) {
    const nowS = this._clock.now();
    if (isPaused) {
      this.jam.pause(nowS);
      this._fanout.release(nowS, "ghost");
    } else {
      this._schedule.shift(nowS - this.jam.musicS(nowS));
      this.jam.resume();
    }
  }

  /** Forget: the memory of every voice, and the phrase. */
  async reset() {
    await this._clear();
    this._replies.voiceStates.forget();
    this.jam.reset();
  }

  /** Silence and release everything at once. What was heard is still known. */
  async panic() {
    this._fanout.release(this._clock.now());
    await this._clear();
    this.jam.rest();
  }

  /** Whether an answer is due so soon that proposals for it are made now, and not too soon for that. */
  get _isAhead() {
    const { answerS } = this.jam;
    const nowS = this._clock.now();
    return answerS !== null && answerS - this._aheadS <= nowS && nowS < answerS - constants.replies.WORK_S;
  }

  get _musicS() {
    return this.jam.musicS(this._clock.now());
  }

  /** Take the touches that are to be heard next out of what is unsettled. */
  _nextHeard() {
    /** @type {Touch[]} */
    const events = [];
    for (const action of this.unsettled.slice(0, constants.action_player.HEAR_EVENTS)) {
      if (action.do !== "hear") break;
      events.push(action.event);
    }
    this.unsettled.splice(0, events.length);
    return events;
  }

  /** @param {readonly Action[]} actions */
  async _do(actions) {
    for (const action of actions) {
      if (action.do === "play") this._fanout.play(action.event);
      else if (action.do === "hush") {
        this._fanout.release(this._clock.now(), "ghost", this._replies.voices);
        await this._replies.answer([]);
      } else if (action.do === "answer") {
        const ended = await this._replies.answer(action.voices, action.seconds);
        this._fanout.release(this._clock.now(), "ghost", ended);
      }
    }
  }

  /** The ghost ends everything it plays. */
  async _clear() {
    this._fanout.release(this._clock.now(), "ghost");
    await this._replies.answer([]);
    this._schedule.lines = [];
  }

  _playDue() {
    for (;;) {
      const nowS = this._clock.now();
      const lateS = nowS - this._schedule.nextS;
      if (!(lateS >= 0)) return;
      if (lateS > constants.action_player.LATE_S) this._schedule.shift(lateS);
      this._fanout.play(this._schedule.pop());
    }
  }
}
