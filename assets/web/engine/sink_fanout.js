// @ts-check
/**
 * What the page hears of it: every contact that it heard of is released, whatever happens in between.
 *
 * See app/engine/sink_fanout.py.
 */

import { Contacts } from "./contacts.js";
import { release } from "./events.js";

/** @import { Event, Source } from "./events.js" */

/** Plays whole contacts. */
export class SinkFanout {
  /** @param {(event: Event) => void} sink given every event that sounds; it returns at once */
  constructor(sink) {
    this._sink = sink;
    this._contacts = new Contacts();
    this._muted = false;
  }

  /**
   * Let an event sound, unless it is the ghost's and the ghost is muted.
   *
   * @param {Event} event
   */
  play(event) {
    if (this._muted && event.source === "ghost") return;
    for (const each of this._contacts.whole(event)) this._sink(each);
  }

  /**
   * Release what is held: all of it, of one source, or these voices of it.
   *
   * @param {number} timeS
   * @param {Source | null} [source]
   * @param {readonly number[] | null} [voices]
   */
  release(timeS, source = null, voices = null) {
    for (const [from, voice] of this._contacts.voices) {
      const isMeant = (source === null || source === from) && (voices === null || voices.includes(voice));
      if (isMeant) this.play(release(timeS, from, voice));
    }
  }

  /**
   * Leave out the ghost from here on, or let it be heard again.
   *
   * @param {boolean} muted
   * @param {number} timeS
   */
  mute(muted, timeS) {
    if (muted) this.release(timeS, "ghost");
    this._muted = muted;
  }
}
