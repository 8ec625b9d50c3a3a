// @ts-check
/**
 * All sinks as one. Every contact that reached a sink is released there, whatever happens in between.
 *
 * See app/engine/sink_fanout.py.
 */

import { Contacts } from "./contacts.js";
import { release } from "./events.js";

/** @typedef {import("./events.js").Event} Event */
/** @typedef {import("./events.js").Source} Source */

/**
 * Receives every event that sounds, at the moment it is to be heard, and must return at once.
 *
 * @typedef {{play: (event: Event) => void, panic?: () => void}} Sink
 */

/** Plays to every sink. */
export class SinkFanout {
  /** @param {readonly Sink[]} sinks */
  constructor(sinks) {
    this._sinks = sinks;
    this._contacts = new Contacts();
    this._muted = false;
  }

  /**
   * Give an event to every sink, unless it is the ghost's and the ghost is muted.
   *
   * @param {Event} event
   */
  play(event) {
    if (this._muted && event.source === "ghost") return;
    for (const each of this._contacts.whole(event)) for (const sink of this._sinks) sink.play(each);
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

  /**
   * Release everything, and let every sink fall silent.
   *
   * @param {number} timeS
   */
  panic(timeS) {
    this.release(timeS);
    for (const sink of this._sinks) sink.panic?.();
  }
}
