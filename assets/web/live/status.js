// @ts-check
/**
 * What the page says: whose turn it is and how much silence is left, who is here, and what a person should know.
 * @module status
 */

import { Turn } from "../shared/turn.js";
import { TurnLight } from "../shared/turn_light.js";

const NOTICE_MS = 6000;
const MOST_NOTICES = 3;
const STEPS = 48; // of the arc of silence: it is drawn again when it moves by one

export class Status {
  /** @param {HTMLElement} stage @param {any} facts @param {import("../shared/paint.js").Painter} painter */
  constructor(stage, facts, painter) {
    this.facts = facts;
    this.painter = painter;
    this.turn = new Turn(facts);
    this.light = new TurnLight(stage, facts);
    this.isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    /** @param {string} name */
    const find = (name) => /** @type {HTMLElement} */ (stage.querySelector(name));
    this.words = find("#turn");
    this.big = find("#turn b");
    this.small = find("#turn span");
    this.countdown = /** @type {SVGElement} */ (stage.querySelector(".countdown"));
    this.arc = /** @type {SVGElement} */ (stage.querySelector(".countdown .left"));
    this.here = find("#here");
    this.notices = /** @type {HTMLElement} */ (document.getElementById("notices"));
    /** @type {Map<string, {element: HTMLElement, timer: number}>} */
    this.told = new Map();
    this.hasPlayed = false;
    this.shown = "";
    this.steps = -1;
    this.leftS = NaN; // of the silence before an answer, at `leftAtMs`
    this.leftAtMs = 0;
  }

  /** What the program told of its state. @param {Record<string, any>} changed @param {Record<string, any>} state */
  heard(changed, state) {
    if ("silence_left_s" in changed) {
      this.leftS = changed.silence_left_s ?? NaN;
      this.leftAtMs = performance.now();
    }
    if (changed.notice) this.tell(changed.notice);
    if ("people" in changed) this.here.textContent = state.people > 1 ? `${state.people} play here` : "";
  }

  /** Show a text for some seconds; the same text again stays. @param {string} text @param {boolean} [stays] */
  tell(text, stays = false) {
    this.untell(text);
    const element = document.createElement("p");
    element.textContent = text;
    this.notices.append(element);
    const timer = stays ? 0 : window.setTimeout(() => this.untell(text), NOTICE_MS);
    this.told.set(text, { element, timer });
    for (const [oldest, { timer: passes }] of this.told) {
      if (this.told.size <= MOST_NOTICES) break;
      if (passes) this.untell(oldest);
    }
  }

  /** @param {string} text */
  untell(text) {
    const told = this.told.get(text);
    if (!told) return;
    clearTimeout(told.timer);
    told.element.remove();
    this.told.delete(text);
  }

  /** One picture later. @param {Record<string, any>} state @param {boolean} plays @param {number} nowMs */
  frame(state, plays, nowMs) {
    this.hasPlayed ||= plays;
    const now = { mode: state.mode, turn: state.turn, pause: state.pause };
    if (this.turn.follow(now, plays, nowMs / 1000)) this.painter.releaseKept();
    this.painter.keeps = this.turn.keeps;
    const isWaiting = !Number.isNaN(this.leftS) && !state.pause;
    const leftS = isWaiting ? Math.max(0, this.leftS - (nowMs - this.leftAtMs) / 1000) : NaN;
    const left = isWaiting ? Math.min(1, leftS / state.threshold_s) : 1;
    this.light.want(...this.turn.light(1 - left, this.isCalm ? Infinity : nowMs / 1000));
    const [big, small, side] = this.turn.words(now, this.hasPlayed);
    const second = [small, state.mute ? this.facts.words.muted : ""].filter(Boolean).join(" · ");
    if (big + second !== this.shown) {
      this.shown = big + second;
      this.big.textContent = big;
      this.small.textContent = second;
      this.words.dataset.side = side;
    }
    const steps = isWaiting ? Math.round(left * STEPS) : -1;
    if (steps !== this.steps) {
      this.steps = steps;
      this.countdown.toggleAttribute("hidden", steps < 0);
      this.arc.style.strokeDashoffset = String(1 - Math.max(0, steps) / STEPS);
    }
  }
}
