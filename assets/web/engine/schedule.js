// @ts-check
/**
 * The schedule: lines of events that will be played, with absolute deadlines. See app/engine/schedule.py.
 *
 * To cancel is to take a line out: no cancelled event can be played afterwards.
 */

/** @import { Event } from "./events.js" */

/** Events to come, in the order of their `timeS`, which is when each is due. */
export class Line {
  constructor() {
    /** @type {Event[]} */
    this.queue = [];
  }

  /** When the next event is due; infinity if there is none. */
  get nextS() {
    return this.queue.length ? this.queue[0].timeS : Infinity;
  }

  /**
   * Take the next event out: it is played now.
   *
   * @returns {Event}
   */
  pop() {
    return /** @type {Event} */ (this.queue.shift());
  }

  /**
   * Everything is due this much later.
   *
   * @param {number} seconds
   */
  shift(seconds) {
    this.queue = this.queue.map((event) => ({ ...event, timeS: event.timeS + seconds }));
  }
}

/** All lines. They are few, so the next event is found by looking at each. */
export class Schedule {
  constructor() {
    /** @type {Line[]} */
    this.lines = [];
  }

  /** When the next event of any line is due; infinity if there is none. */
  get nextS() {
    return Math.min(Infinity, ...this.lines.map((line) => line.nextS));
  }

  /**
   * Take the next event out; of two due at the same time, the one of the older line.
   *
   * @returns {Event}
   */
  pop() {
    return this.lines.reduce((first, line) => (line.nextS < first.nextS ? line : first)).pop();
  }

  /**
   * Everything is due this much later: the ghost stood still, or was too late to catch up.
   *
   * @param {number} seconds
   */
  shift(seconds) {
    for (const line of this.lines) line.shift(seconds);
  }
}
