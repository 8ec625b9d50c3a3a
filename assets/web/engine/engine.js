// @ts-check
/**
 * The engine: player events in, everything that sounds out, each at its time. See app/engine/thread.py.
 *
 * `step` does what is due now. The calls of the model take time, and during one of them the page may do other things;
 * so steps never overlap, and what arrives waits in the inbox until the call is over, as it does for the thread on
 * the desktop. A touch silences the ghost without waiting for that.
 */

import { ActionPlayer } from "./action_player.js";
import { constants } from "./constants.js";
import { GuardedGhost } from "./guarded_ghost.js";
import { SinkFanout } from "./sink_fanout.js";

/** @import { Clock } from "./action_player.js" */
/** @import { Event } from "./events.js" */
/** @import { GhostLike } from "./guarded_ghost.js" */
/** @import { Settings } from "../shared/settings.js" */
/** @typedef {() => unknown} Job */

/** The clock of the page. */
export const SYSTEM_CLOCK = { now: () => performance.now() / 1000 };

/** Stands still until it is moved, so a whole performance runs in a moment and always alike. */
export class ManualClock {
  constructor() {
    this._nowS = 0;
  }

  /** The time it was last moved to. */
  now() {
    return this._nowS;
  }

  /** @param {number} timeS an earlier one changes nothing */
  advanceTo(timeS) {
    this._nowS = Math.max(this._nowS, timeS);
  }
}

/** Plays a jam. */
export class Engine {
  /**
   * @param {GhostLike} ghost from here on only the engine uses it
   * @param {Settings} settings followed live
   * @param {(event: Event) => void} play given every event that sounds, at the moment it is to be heard
   * @param {{clock?: Clock, aheadS?: number, breathe?: () => Promise<void>}} [options] `aheadS`: how long before an
   *   answer is due its proposals are begun, for a slow device needs more than the desktop; `breathe`: awaited between
   *   two pieces of work, so that a page can draw
   */
  constructor(ghost, settings, play, options = {}) {
    const { clock = SYSTEM_CLOCK, aheadS = constants.replies.AHEAD_S, breathe = async () => {} } = options;
    this._clock = clock;
    this._isStepping = false;
    /** @type {(Event | Job)[]} */
    this._inbox = [];
    /** Called when something arrives, to end a wait. @type {() => void} */
    this.onArrival = () => {};
    this._fanout = new SinkFanout(play);
    this._ghost = new GuardedGhost(ghost);
    this._player = new ActionPlayer(this._ghost, settings, this._fanout, clock, { aheadS, breathe });
    this._seen = this._look();
    settings.subscribe((name) => this._put(() => this._player.follow(name)));
  }

  /**
   * A player's event happened. Where too many wait it is dropped, but never a release: a stuck voice is worse.
   *
   * @param {Event} event
   */
  submit(event) {
    if (this._inbox.length >= constants.thread.INBOX_EVENTS && event.kind !== "release") return;
    if (this._isStepping && event.kind === "touch") this._player.yieldAtOnce();
    this._put(event);
  }

  /**
   * Do "reset" or "panic".
   *
   * @param {"reset" | "panic"} name
   */
  command(name) {
    this._put(() => this._player[name]());
  }

  /** Do what has arrived or is due now. Not to be called again before it is done. */
  async step() {
    this._isStepping = true;
    try {
      await this._work();
    } finally {
      this._isStepping = false;
      this._seen = this._look();
    }
  }

  async _work() {
    const isInterrupted = () => this._inbox.length > 0;
    for (const item of this._inbox.splice(0)) {
      if (typeof item !== "function") {
        this._player.receive(item);
      } else {
        await this._player.settle();
        await item();
      }
    }
    await this._player.settle(isInterrupted);
    await this._player.advance(isInterrupted);
  }

  /** Play what is due although a step waits for the model; nothing if the player did something meanwhile. */
  playDue() {
    if (!this._inbox.length) this._player.playDue();
  }

  /** When the next event that is planned is due; infinity if there is none. */
  get dueS() {
    return this._player.dueS;
  }

  /**
   * Play everything that is due until `timeS`, without waiting, and leave the clock, a manual one, there.
   *
   * @param {number} timeS
   */
  async runUntil(timeS) {
    const clock = /** @type {ManualClock} */ (this._clock);
    await this.step();
    for (let wakeS = this.wakeS(); wakeS <= timeS; wakeS = this.wakeS()) {
      clock.advanceTo(wakeS);
      await this.step();
    }
    clock.advanceTo(timeS);
  }

  /** When to call `step` next if nothing arrives; infinity if time changes nothing. */
  wakeS() {
    return this._inbox.length ? this._clock.now() : this._player.wakeS();
  }

  /** What a person sees of it, as it was after the last step: in the middle of one it may be nobody's turn. */
  get status() {
    const { turn, mode, answerS } = this._seen;
    const silenceLeftS = answerS === null ? null : Math.max(0, answerS - this._clock.now());
    return { turn, mode, silenceLeftS, notice: this._ghost.notice };
  }

  _look() {
    const { answerS, mode } = this._player.jam;
    return { turn: this._player.turn, mode: mode.name, answerS };
  }

  /** Release everything that sounds. */
  stop() {
    this._fanout.release(this._clock.now());
  }

  /** @param {Event | Job} item */
  _put(item) {
    this._inbox.push(item);
    this.onArrival();
  }
}
