// @ts-check
/**
 * What the ghost answers: a reply for every voice of a phrase, drawn toward what the player played.
 *
 * `answer` begins and ends replies, and `fill` plans each of them ahead of what plays. See app/engine/replies.py.
 */

import { constants } from "./constants.js";
import { Proposals, guideOf } from "./proposals.js";
import { Reply } from "./reply.js";
import { Requests } from "./requests.js";

/** @import { State } from "./guarded_ghost.js" */
/** @import { Jam } from "./jam.js" */
/** @import { Schedule } from "./schedule.js" */
/** @import { Settings } from "../shared/settings.js" */
/** @import { VoiceStates } from "./voice_states.js" */

/** The replies that sound, over one memory. Their lines are played from `schedule`. */
export class Replies {
  /**
   * @param {Jam} jam
   * @param {VoiceStates} voiceStates
   * @param {Schedule} schedule
   * @param {Settings} settings
   */
  constructor(jam, voiceStates, schedule, settings) {
    this.voiceStates = voiceStates;
    this._jam = jam;
    this._schedule = schedule;
    this._settings = settings;
    this._requests = new Requests(jam, voiceStates, settings);
    /** @type {Reply[]} */
    this._replies = [];
    /** @type {{basis: unknown[], proposals: Proposals} | null} */
    this._ahead = null; // begun before the answer is due, good while what they are made from is the same
    this._nGuided = 0; // stretches planned so far: each has a generator of its own
  }

  /** Whether anything more of them will sound. */
  get areGoing() {
    return this._replies.some((reply) => reply.isGoing);
  }

  /** The ghost voices that replies play on. */
  get voices() {
    return this._replies.map((reply) => reply.voice);
  }

  /**
   * Go on from these player voices for `seconds` (null: until told), and from no others. A reply that already does
   * plays on.
   *
   * @param {readonly number[]} voices
   * @param {number | null} [seconds]
   * @returns {Promise<number[]>} the ghost voices of replies that ended, to be released
   */
  async answer(voices, seconds = null) {
    const { mode } = this._jam;
    const ended = this._replies.filter((reply) => !voices.includes(reply.answers));
    this._replies = this._replies.filter((reply) => !ended.includes(reply));
    this._schedule.lines = this._schedule.lines.filter((line) => !ended.some((reply) => reply === line));
    for (const reply of ended) {
      if (mode.branches || reply.lastPlayedS === null) continue; // what really sounded is remembered
      const state = await reply.statePlayed(this.voiceStates.ghost);
      this.voiceStates.adopt(reply.answers, state, reply.lastPlayedS);
    }
    const going = this._replies.map((reply) => reply.answers);
    let proposals = null;
    /** @type {Map<number, number>} */
    let entriesS = new Map();
    if (mode.begins === "AFTER_SILENCE") {
      if (voices.length > 1) {
        const latestS = seconds === null ? Infinity : 0.5 * seconds;
        entriesS = this.voiceStates.entriesS(voices, this._settings.get("timescale"), latestS);
      }
      if (!going.length && this._hasJudge(voices)) {
        proposals = this._aheadFor(voices, seconds);
        this._nGuided += 1;
      }
    }
    this._ahead = null;
    const begun = voices.filter((voice) => !going.includes(voice));
    for (const reply of this._begin(begun, seconds)) {
      reply.proposals = proposals;
      reply.entryS = entriesS.get(reply.answers) ?? 0;
    }
    return ended.map((reply) => reply.voice);
  }

  /** Sample a few events of the proposals that `answer` will choose from. False if they are there. */
  async prepare() {
    const { voices, seconds } = this._jam.nextAnswer;
    if (!this._hasJudge(voices)) return false;
    const proposals = this._aheadFor(voices, seconds);
    if (proposals.isDone) return false;
    await proposals.work();
    return true;
  }

  /** Whether `prepare` would find nothing to do. */
  get isPrepared() {
    const { voices, seconds } = this._jam.nextAnswer;
    if (this._ahead?.proposals.isDone && this._isAhead(voices, seconds)) return true;
    return !this._hasJudge(voices);
  }

  /**
   * Sample a little, for the reply that has the least left to play. False if none needs anything.
   *
   * @param {number} nowS
   */
  async fill(nowS) {
    const { ROOM_S, VOID_S, URGENT_S, LOOKAHEAD_S, PROPOSE_S } = constants.replies;
    const hasRoom = this._schedule.nextS - nowS >= ROOM_S;
    const hurried = [...this._replies].sort(Reply.byPlanned);
    for (const reply of hurried) {
      if (reply.isOver) continue;
      if (this._jam.mode.branches && nowS < reply.nextS - VOID_S && this._isNews(reply)) {
        await reply.unplan(nowS, nowS, this.voiceStates.ghost);
      }
      const end = reply.plannedS;
      if (nowS >= end - URGENT_S || (nowS >= end - LOOKAHEAD_S && hasRoom)) {
        await this._goOn(reply, nowS);
        return true;
      }
      if (nowS >= end - PROPOSE_S && hasRoom && reply.wantsProposals(nowS) && this._hasJudge([reply.answers])) {
        await this._propose(reply, nowS);
        return true;
      }
    }
    return false;
  }

  /**
   * When to call `fill` next; infinity if nothing is to be sampled.
   *
   * @param {number} nowS
   */
  wakeS(nowS) {
    const { LOOKAHEAD_S, URGENT_S, PROPOSE_S } = constants.replies;
    let wakeS = Infinity;
    for (const reply of this._replies.filter((each) => !each.isOver)) {
      const looks = [LOOKAHEAD_S, URGENT_S];
      if (reply.wantsProposals(nowS) && this._hasJudge([reply.answers])) looks.unshift(PROPOSE_S);
      const end = reply.plannedS;
      wakeS = Math.min(wakeS, end - (looks.find((look) => nowS < end - look) ?? URGENT_S));
    }
    return wakeS;
  }

  /**
   * How the ghost is to play has changed: what it plays in a moment is sampled again.
   *
   * @param {number} nowS
   */
  async sampleAnew(nowS) {
    for (const reply of this._replies) {
      reply.proposals = null;
      await reply.unplan(nowS, nowS + constants.replies.LOOKAHEAD_S, this.voiceStates.ghost);
    }
  }

  /**
   * Begin a reply to each of these voices, as far as there are ghost voices for them.
   *
   * @param {readonly number[]} voices
   * @param {number | null} seconds
   */
  _begin(voices, seconds) {
    const nBefore = this._replies.length;
    for (const voice of voices) {
      const state = this._requests.stateFor(voice);
      if (state === null || this._replies.length >= constants.replies.MAX_REPLIES) continue;
      let free = 0;
      while (this.voices.includes(free)) free += 1;
      const reply = new Reply(free, voice, state, seconds, this.voiceStates.ghost.columns);
      reply.nHeard = this.voiceStates.of(voice).nHeard;
      this._replies.push(reply);
      this._schedule.lines.push(reply);
    }
    return this._replies.slice(nBefore);
  }

  /**
   * Plan the next chunk: of the stretch that was chosen, or one that is sampled now.
   *
   * @param {Reply} reply
   * @param {number} nowS
   */
  async _goOn(reply, nowS) {
    const [{ mode }, { ghost }, { proposals }] = [this._jam, this.voiceStates, reply];
    reply.proposals = null;
    // If there was no time to make and judge all of them, the events there are of one are played.
    const stretch = proposals?.isDone ? proposals.best(reply.answers) : proposals?.begun(reply.answers);
    if (stretch) {
      reply.guide = ghost.isGuided ? stretch.guide : null;
      reply.sampled.push(...stretch.chunks);
    }
    const timescale = this._settings.get("timescale");
    const chosen = reply.sampled.shift();
    if (chosen) {
      reply.plan(nowS, ...chosen, timescale);
      return;
    }
    if (mode.branches && this._isNews(reply)) {
      const stream = this.voiceStates.of(reply.answers); // the player played on: turn to that
      reply.state = stream.state;
      reply.nHeard = stream.nHeard;
      reply.guide = null;
    }
    if (!reply.guide && ghost.isGuided) {
      const request = this._requests.next(reply.answers, reply.state, reply.leftS(nowS), reply.endS === null);
      reply.guide = request && guideOf(request, this._nextRng());
    }
    const nEvents = reply.endS === null ? constants.replies.FIRST_CHUNK_EVENTS : mode.chunk_events;
    const guide = reply.guide?.slice(0, nEvents) ?? null;
    const sampled = await ghost.sample(reply.state, guide?.length ?? nEvents, this._requests.sampling, guide);
    if (sampled) {
      reply.plan(nowS, ...sampled, timescale);
      return;
    }
    const stream = this.voiceStates.streams.get(reply.answers);
    if (stream) stream.state = ghost.blank;
    reply.nHeard = 0;
    reply.rest(nowS, constants.replies.RETRY_S, ghost.blank);
  }

  /**
   * Make a little of the proposals for what comes after what `reply` has planned.
   *
   * @param {Reply} reply
   * @param {number} nowS
   */
  async _propose(reply, nowS) {
    if (reply.proposals) {
      await reply.proposals.work();
      return;
    }
    const request = this._requests.next(reply.answers, reply.state, reply.leftS(nowS), false);
    if (request) {
      reply.proposals = new Proposals(this.voiceStates.ghost, [request], this._requests.sampling, this._nextRng());
    }
  }

  /**
   * Whether an answer to `voices` is chosen among proposals: if one of them was heard to play.
   *
   * @param {readonly number[]} voices
   */
  _hasJudge(voices) {
    const mayChoose = this._jam.mode.judges && this.voiceStates.ghost.nProposals > 0;
    const answered = voices.slice(0, constants.replies.MAX_REPLIES);
    return mayChoose && answered.some((voice) => this.voiceStates.of(voice).nHeard > 0);
  }

  /**
   * The proposals for an answer to `voices`; other ones than before if anything changed since.
   *
   * @param {readonly number[]} voices
   * @param {number | null} seconds
   * @returns {Proposals}
   */
  _aheadFor(voices, seconds) {
    if (!this._ahead || !this._isAhead(voices, seconds)) {
      const { ghost } = this.voiceStates;
      const requests = this._requests.first(voices, seconds);
      const proposals = new Proposals(ghost, requests, this._requests.sampling, ghost.rng(this._nGuided));
      this._ahead = { basis: [this._nGuided, ...this._requests.basis(voices, seconds)], proposals };
    }
    return this._ahead.proposals;
  }

  /**
   * Whether what was made ahead is of what an answer to `voices` would be made from now.
   *
   * @param {readonly number[]} voices
   * @param {number | null} seconds
   */
  _isAhead(voices, seconds) {
    const [then, now] = [this._ahead?.basis ?? [], [this._nGuided, ...this._requests.basis(voices, seconds)]];
    return then.length === now.length && then.every((each, i) => each === now[i]);
  }

  /**
   * Whether the player played on since the reply turned to it last.
   *
   * @param {Reply} reply
   */
  _isNews(reply) {
    return this.voiceStates.of(reply.answers).nHeard !== reply.nHeard;
  }

  _nextRng() {
    return this.voiceStates.ghost.rng(this._nGuided++);
  }

}
