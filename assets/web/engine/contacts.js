// @ts-check
/** Which contacts are down, and one rule what a whole contact is: see app/core/contacts.py. */

import { release } from "./events.js";

/** @import { Event, Source, Touch } from "./events.js" */

/** The contacts of some voices, each with what its voice did last. */
export class Contacts {
  constructor() {
    /** @type {Map<string, Touch>} */
    this._down = new Map();
  }

  /** Whether a finger is down. */
  get hasFinger() {
    return this._down.size > 0;
  }

  /**
   * Who is down, by source and voice, players after ghosts.
   *
   * @returns {[Source, number][]}
   */
  get voices() {
    const down = [...this._down.values()].map((last) => /** @type {[Source, number]} */ ([last.source, last.voice]));
    return down.sort((one, other) => (one[0] === other[0] ? one[1] - other[1] : one[0] < other[0] ? -1 : 1));
  }

  /**
   * Take note of an event.
   *
   * @param {Event} event
   * @returns {Touch | null} what the voice did last while it was down
   */
  note(event) {
    const key = `${event.source} ${event.voice}`;
    const last = this._down.get(key) ?? null;
    if (event.kind === "release") this._down.delete(key);
    else this._down.set(key, event);
    return last;
  }

  /**
   * As `note`; the event as part of a whole contact: one begins with a touch that does not move, and ends with one
   * release.
   *
   * @param {Event} event
   * @returns {Event[]}
   */
  whole(event) {
    const last = this.note(event);
    if (event.kind === "release") return last ? [event] : [];
    if (event.moving) return [last ? event : { ...event, moving: false }];
    return last ? [release(event.timeS, event.source, event.voice), event] : [event];
  }

  /** Nothing is down any more. */
  clear() {
    this._down.clear();
  }
}
