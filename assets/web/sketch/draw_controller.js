// @ts-check
/**
 * The pure core of the drawing canvas: pens, time and answers of the ghost in, strokes out:
 * `draw_controller.py`. Positions are model units. Everything a person does is a method; `step` lets time pass.
 */
import { facts, PLAYER } from "./facts.js";
import { GhostTurn } from "./ghost_turn.js";
import { Page } from "./paper_strokes.js";
import { Kind } from "./requests.js";
import { modeNamed } from "./settings.js";

/** @import { Mark } from "./paper_strokes.js" */

/**
 * What the canvas plays, for ears: a pen at a place, fractions of the canvas; `release` where it is lifted.
 * @typedef {object} Ears
 * @property {(source: string, x: number, y: number, moving: boolean, pressure: number) => void} touch
 * @property {(source: string) => void} release
 */

export class DrawController {
  /**
   * @param {import("./settings.js").DrawSettings} settings
   * @param {any} model answers for the ghost: `ask`, `answers`
   * @param {any} scale of its model
   * @param {Ears} ears
   */
  constructor(settings, model, scale, ears) {
    [this.settings, this.scale, this.ears] = [settings, scale, ears];
    this.ghostTurn = new GhostTurn(model, this);
    this.page = new Page();
    /** The drawings that were kept, oldest first. @type {import("./kept_drawings.js").Kept[]} */
    this.kept = [];
    this.model = settings.get("model");
    /** When a person's last stroke ended, until the ghost answers it; null: nothing to answer. */
    this.liftedS = /** @type {number | null} */ (null);
    this.endedS = -Infinity;
    this.nowS = /** @type {number | null} */ (null);
    this.modeName = settings.get("mode");
  }

  /** The mode there is. */
  get mode() {
    return modeNamed(this.settings.get("mode"));
  }

  /** Side of the paper, model units. @returns {number} */
  get box() {
    return this.scale.box;
  }

  /** While there are several to choose from. */
  get endings() {
    return this.ghostTurn.endings;
  }

  /** Whether a person's pen is on the paper. */
  get playerDraws() {
    return this.page.openMark?.source === PLAYER;
  }

  // --- what a person does -----------------------------------------------------------------------------

  /** A pen touches the paper: whoever drew, now a person does. */
  penDown(/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ timeS, pressure = 1) {
    this.#liftAll(timeS);
    this.liftedS = null;
    const mark = this.page.begin(PLAYER);
    mark.add(x, y, timeS, this.box, pressure);
    this.touch(mark, false, pressure);
  }

  /** It moves. */
  penMove(/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ timeS, pressure = 1) {
    const mark = this.page.openMark;
    if (mark?.source !== PLAYER || mark.ink.length >= facts.draw_controller.most_samples) return;
    mark.add(x, y, timeS, this.box, pressure);
    this.touch(mark, true, pressure);
  }

  /** It is lifted. */
  penUp(/** @type {number} */ timeS) {
    const mark = this.page.openMark;
    if (mark?.source !== PLAYER) return;
    mark.finish(this.scale);
    this.release(PLAYER);
    this.liftedS = timeS;
  }

  /** Take back the last stroke; the ghost stops. */
  undo(/** @type {number} */ timeS) {
    this.#liftAll(timeS);
    this.page.undo();
    [this.liftedS, this.endedS] = [null, timeS];
  }

  /** An empty paper; nothing is kept. */
  clear(/** @type {number} */ timeS) {
    this.open(new Page(), timeS);
  }

  /** Keep the drawing, if there is one, and begin another. */
  next(/** @type {number} */ timeS) {
    this.#liftAll(timeS);
    this.#keep();
    this.open(new Page(), timeS);
  }

  /** Bring the kept drawing of this number back, and its model; the one on the paper is kept. */
  reopen(/** @type {number} */ number, /** @type {number} */ timeS) {
    const kept = this.kept[number];
    if (!kept) return;
    this.#liftAll(timeS);
    this.#keep();
    this.open(kept.page.copy().scaled(this.box / kept.box), timeS);
    this.settings.set("model", kept.model);
  }

  /** Put a drawing on the paper. */
  open(/** @type {Page} */ page, /** @type {number} */ timeS) {
    this.#liftAll(timeS);
    page.nChanges = this.page.nChanges + 1;
    this.page = page;
    [this.liftedS, this.endedS] = [null, timeS];
  }

  /** The ghost finishes now, without waiting. */
  finish(/** @type {number} */ timeS) {
    this.#followMode(timeS); // of a mode that was chosen in this very frame: to follow it later would end what begins
    if (this.ghostTurn.draws || this.playerDraws) return;
    this.ghostTurn.stop();
    this.ghostTurn.ask(this.question(this.#what));
  }

  /** The ghost draws this one of the endings on the paper. */
  choose(/** @type {number} */ number, /** @type {number} */ timeS) {
    const ending = this.endings[number];
    if (!ending) return;
    this.ghostTurn.stop();
    this.liftedS = null;
    this.ghostTurn.begin(this.page, ending.drawn, this.settings.temperatures, this.scale, timeS);
  }

  /** Another model draws from here on; the drawing keeps its place on the paper. */
  useModel(/** @type {string} */ name, /** @type {any} */ scale, /** @type {number} */ timeS) {
    this.#liftAll(timeS);
    const page = this.page.scaled(scale.box / this.box);
    page.nChanges = this.page.nChanges + 1;
    [this.model, this.scale, this.page] = [name, scale, page];
  }

  // --- time -------------------------------------------------------------------------------------------

  /** Let time pass until `nowS`: the ghost draws on, answers are taken, questions asked. */
  step(/** @type {number} */ nowS) {
    const elapsedS = this.nowS === null ? 0 : Math.max(0, nowS - this.nowS);
    this.nowS = nowS;
    this.#followMode(nowS);
    if (this.ghostTurn.take(this.page, this.scale, nowS)) this.liftedS = null;
    if (this.settings.get("pause")) return;
    const ended = this.ghostTurn.advance(elapsedS * this.#pace, nowS, this.settings.temperatures, this.box);
    if (ended?.end != null) [this.page.end, this.endedS] = [ended.end, nowS];
    this.#beginIfTime(nowS);
  }

  /**
   * A question about the drawing as it is.
   * @param {string} what
   * @returns {import("./requests.js").Request}
   */
  question(what) {
    const mark = this.page.openMark, byPlayer = mark?.source === PLAYER;
    return {
      what, strokes: this.page.heard(), isOpen: mark !== null && !byPlayer,
      drawing: mark && byPlayer ? mark.drawn() : null, temperatures: this.settings.temperatures, box: this.box,
      nEndings: this.mode.n_endings, nChanges: this.page.nChanges,
    };
  }

  /** A pen is at the end of this stroke. */
  touch(/** @type {Mark} */ mark, /** @type {boolean} */ moving, pressure = 1) {
    const { x, y } = mark.ink[mark.ink.length - 1];
    const inside = (/** @type {number} */ v) => Math.min(1, Math.max(0, v));
    this.ears.touch(mark.source, inside(0.5 + (x / this.box - 0.5) / facts.events.aspect), inside(y / this.box), moving, pressure);
  }

  /** A pen was lifted. */
  release(/** @type {string} */ source) {
    this.ears.release(source);
  }

  // --- the ghost --------------------------------------------------------------------------------------

  /** What the ghost is asked for when it is its turn. */
  get #what() {
    if (!this.page.marks.length) return Kind.FREE;
    return this.mode.n_endings ? Kind.ENDINGS : Kind.COMPLETE;
  }

  get #pace() {
    const fast = this.settings.get("fast") ? facts.draw_controller.fast : 1;
    return (this.mode.pace * fast) / this.settings.get("timescale");
  }

  /** In another mode what was under way for the old one ends; the drawing stays. */
  #followMode(/** @type {number} */ nowS) {
    const name = this.settings.get("mode");
    if (name === this.modeName) return;
    this.modeName = name;
    if (this.playerDraws) return;
    this.ghostTurn.stop();
    this.liftedS = this.page.marks[this.page.marks.length - 1]?.source === PLAYER ? nowS : null;
    this.endedS = nowS;
  }

  /** Keep a copy of the drawing on the paper, if there is one. */
  #keep() {
    const { page, box, model, kept } = this;
    if (page.marks.length) kept.push({ number: kept.length, page: page.copy(), box, model });
  }

  #liftAll(/** @type {number} */ timeS) {
    this.penUp(timeS);
    this.ghostTurn.stop();
  }

  #beginIfTime(/** @type {number} */ nowS) {
    const { mode, page } = this, { rest_s, fast_rest_s, fault_s } = facts.draw_controller;
    if (!this.ghostTurn.isIdle || this.playerDraws) return;
    if (mode.begins === "never" || nowS - this.ghostTurn.failedS < fault_s) return;
    if (mode.begins === "alone" && page.end !== null) {
      const restS = this.settings.get("fast") ? fast_rest_s : rest_s * this.settings.get("timescale");
      if (nowS - this.endedS >= restS) this.next(nowS);
      return;
    }
    const waited = this.liftedS !== null && nowS - this.liftedS >= this.settings.get("threshold_s");
    if (waited || (mode.begins === "alone" && this.liftedS === null)) this.ghostTurn.ask(this.question(this.#what));
  }
}
