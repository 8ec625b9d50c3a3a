// @ts-check
/**
 * One reply: the ghost going on from one voice of the player, on a voice of its own. See app/engine/reply.py.
 *
 * It knows two things apart: what is planned, and what has really sounded. When a person cuts it short, only the
 * second is remembered.
 */

import { constants } from "./constants.js";
import { release } from "./events.js";
import { GestureGuide } from "./guide.js";
import { Line } from "./schedule.js";

/** @import { Columns } from "./event_rows.js" */
/** @import { Event } from "./events.js" */
/** @import { GuardedGhost, State } from "./guarded_ghost.js" */
/** @import { Proposals } from "./proposals.js" */

/**
 * Rows sampled from a state.
 *
 * @typedef {object} Chunk
 * @property {State} start the state before them
 * @property {Float32Array} rows
 * @property {number} n how many
 * @property {State | null} end the state after them; null if rows at the end were cut off
 * @property {number} nPlayed how many, from the first, have sounded
 * @property {GestureGuide | null} guide what they were drawn toward
 */

/** A line of events that continues a voice. */
export class Reply extends Line {
  /**
   * @param {number} voice of the ghost
   * @param {number} answers the player's voice it goes on from
   * @param {State} state of the model to go on from
   * @param {number | null} seconds how long it lasts from its beginning; null until it is told to end
   * @param {Columns} columns
   */
  constructor(voice, answers, state, seconds, columns) {
    super();
    this.voice = voice;
    this.answers = answers;
    this.state = state;
    this.seconds = seconds;
    this.entryS = 0; // how long after its beginning the first event comes
    /** @type {GestureGuide | null} */
    this.guide = null; // what its events are drawn toward, from the first one still to be planned on
    /** @type {Proposals | null} */
    this.proposals = null; // of the stretch that comes next, in the making
    /** @type {[Float32Array, State][]} */
    this.sampled = []; // chunks of the stretch that plays, which are still to be planned
    /** @type {number | null} */
    this.endS = null; // deadline of the last event planned; null before the first
    /** @type {number | null} */
    this.untilS = null; // nothing is planned after this
    this.isOver = false; // all there is to play is in the queue
    this.nHeard = 0; // of the player's events that were in the state when it was last branched
    /** @type {number | null} */
    this.lastPlayedS = null;
    this._columns = columns;
    this._notBeforeS = -Infinity; // what was taken back is over
    this._isDown = false; // a contact is open after the last event planned ...
    this._isSounding = false; // ... and after the last one played
    /** @type {Chunk[]} */
    this._chunks = []; // from the one that sounds on
  }

  /**
   * As `Line.pop`; notes what really sounds.
   *
   * @returns {Event}
   */
  pop() {
    const event = super.pop();
    this._isSounding = event.kind !== "release";
    if (this._isSounding) {
      if (this._chunks[0].nPlayed === this._chunks[0].n) this._chunks.shift();
      this._chunks[0].nPlayed += 1;
      this.lastPlayedS = event.timeS;
    }
    return event;
  }

  /**
   * As `Line.shift`, for what is still to be planned too.
   *
   * @param {number} seconds
   */
  shift(seconds) {
    super.shift(seconds);
    if (this.endS !== null) this.endS += seconds;
    if (this.untilS !== null) this.untilS += seconds;
  }

  /** When the last event planned is due; long ago before the first. */
  get plannedS() {
    return this.endS ?? -Infinity;
  }

  /**
   * The order in which replies need something to play.
   *
   * @param {Reply} one
   * @param {Reply} other
   */
  static byPlanned(one, other) {
    return one.plannedS === other.plannedS ? 0 : one.plannedS - other.plannedS;
  }

  /** Whether anything more will sound. */
  get isGoing() {
    return this.queue.length > 0 || !this.isOver;
  }

  /**
   * The state of a model that has heard what really sounded, and nothing that was only planned.
   *
   * @param {GuardedGhost} ghost
   * @returns {Promise<State>}
   */
  async statePlayed(ghost) {
    const chunk = this._chunks[0];
    if (!chunk) return this.state;
    if (chunk.end !== null && chunk.nPlayed === chunk.n) return chunk.end;
    return ghost.after(chunk.start, chunk.rows.subarray(0, chunk.nPlayed * this._columns.n));
  }

  /**
   * Queue a chunk: rows sampled from `state`, with the state `end` after them.
   *
   * deadline[n] = deadline[n - 1] + dt[n] * timescale. The first event of a reply is due now, or where the voice comes
   * in, because the silence before it was its pause.
   *
   * @param {number} nowS
   * @param {Float32Array} rows
   * @param {State} end
   * @param {number} timescale
   */
  plan(nowS, rows, end, timescale) {
    const { MIN_GAP_S, MAX_DT_S, ENOUGH_S } = constants.reply;
    const width = this._columns.n;
    const n = rows.length / width;
    let nPlanned = 0;
    for (; nPlanned < n; nPlanned++) {
      const row = rows.subarray(nPlanned * width, (nPlanned + 1) * width);
      const gapS = Math.min(Math.max(row[this._columns.dt], 0), MAX_DT_S) * timescale;
      if (this.endS === null) this._begin(nowS);
      const dueS = this.endS === null ? nowS + this.entryS : this.endS + Math.max(gapS, MIN_GAP_S);
      const timeS = this.endS === null ? dueS : Math.max(dueS, this._notBeforeS);
      if (this.untilS !== null && timeS > this.untilS) break;
      this._append(row, timeS);
    }
    const isWhole = n > 0 && nPlanned === n;
    if (nPlanned) {
      const guide = this.guide?.slice(0, nPlanned) ?? null;
      const kept = rows.subarray(0, nPlanned * width);
      this._chunks.push({ start: this.state, rows: kept, n: nPlanned, end: isWhole ? end : null, nPlayed: 0, guide });
    }
    this.guide = this.guide?.slice(nPlanned) ?? null;
    if (isWhole) this.state = end;
    else this._finish();
    if (this.guide?.length === 0) {
      this.guide = null;
      if (this.untilS !== null && this.untilS - (this.endS || nowS) < ENOUGH_S) this._finish();
    }
  }

  /**
   * How many seconds of it are still to be planned; null if it has no end.
   *
   * @param {number} nowS
   */
  leftS(nowS) {
    return this.untilS === null ? this.seconds : this.untilS - Math.max(this.endS || nowS, nowS);
  }

  /**
   * Whether proposals for what comes next are to be made, or are being made.
   *
   * @param {number} nowS
   */
  wantsProposals(nowS) {
    if (this.guide || this.sampled.length || this.proposals?.isDone) return false;
    const leftS = this.leftS(nowS);
    return leftS === null || leftS > constants.reply.ENOUGH_S;
  }

  /**
   * Take back what is planned after `timeS`, to be sampled anew. What it was drawn toward stays.
   *
   * What is left may be played while the model hears it again.
   *
   * @param {number} nowS
   * @param {number} timeS
   * @param {GuardedGhost} ghost
   */
  async unplan(nowS, timeS, ghost) {
    this.sampled = [];
    let nTaken = this._takeBack(timeS);
    if (!nTaken) return;
    const guides = this.guide ? [this.guide] : [];
    /** @type {Chunk | null} */
    let cut = null;
    while (nTaken) {
      const chunk = /** @type {Chunk} */ (this._chunks.pop());
      const nKept = Math.max(chunk.n - nTaken, 0);
      nTaken -= chunk.n - nKept;
      this.state = chunk.start;
      if (chunk.guide) guides.unshift(chunk.guide.slice(nKept));
      if (!nKept) continue;
      const rows = chunk.rows.subarray(0, nKept * this._columns.n);
      cut = { ...chunk, rows, n: nKept, end: null, guide: chunk.guide?.slice(0, nKept) ?? null };
      this._chunks.push(cut);
    }
    this.guide = guides.length ? GestureGuide.joined(guides) : null;
    this.isOver = false;
    this._notBeforeS = nowS;
    if (cut) this.state = cut.end = await ghost.after(cut.start, cut.rows);
  }

  /**
   * Play nothing more for `seconds`, then begin afresh from `state`.
   *
   * @param {number} nowS
   * @param {number} seconds
   * @param {State} state
   */
  rest(nowS, seconds, state) {
    if (this.endS === null) this._begin(nowS);
    else this._lift(this.endS + constants.reply.CONTACT_S);
    this.endS = Math.max(nowS, this.endS || nowS) + seconds;
    this.state = state;
  }

  /** @param {number} nowS */
  _begin(nowS) {
    this.untilS = this.seconds === null ? null : nowS + this.seconds;
  }

  /**
   * Queue an event, and before a new touch the release of the one before.
   *
   * @param {Float32Array} row
   * @param {number} timeS
   */
  _append(row, timeS) {
    const event = this._columns.event(row, timeS, this.voice);
    if (!event.moving) this._lift(timeS);
    this._isDown = true;
    this.queue.push(event);
    this.endS = timeS;
  }

  /**
   * Take what is planned after `timeS` out of the queue; of how many rows that was.
   *
   * @param {number} timeS
   */
  _takeBack(timeS) {
    const nTaken = this.queue.filter((event) => event.timeS > timeS && event.kind !== "release").length;
    if (!nTaken) return 0;
    const isKept = (/** @type {Event} */ event) => event.timeS <= timeS && event.kind !== "release";
    while (this.queue.length && !isKept(this.queue[this.queue.length - 1])) this.queue.pop();
    const last = this.queue[this.queue.length - 1];
    this._isDown = Boolean(last) || this._isSounding;
    this.endS = last ? last.timeS : this.lastPlayedS;
    return nTaken;
  }

  /** @param {number} latestS */
  _lift(latestS) {
    if (this._isDown && this.endS !== null) {
      const timeS = Math.max(Math.min(this.endS + constants.reply.CONTACT_S, latestS), this._notBeforeS);
      this.queue.push(release(timeS, "ghost", this.voice));
    }
    this._isDown = false;
  }

  /** Nothing more comes: the time is over, or the model ended. */
  _finish() {
    this.isOver = true;
    if (this.endS !== null) this._lift(this.untilS ?? this.endS);
  }
}
