// @ts-check
/**
 * Whose turn it is, as a page shows it: a word or two, what is left of a silence, and light at the edges.
 * @module turn_view
 */

import { Turn } from "./turn.js";
import { TurnLight } from "./turn_light.js";

/** Words, and the share that is left of a silence, which style sheets draw from `--left-share`. */
export class TurnWord {
  /** @param {HTMLElement} element  with a `b`, a `span`, and what shows the share */
  constructor(element) {
    this.element = element;
    [this.word, this.more, this.rest] = [...element.children];
    this.shown = "";
  }

  /**
   * @param {string} word @param {string} more  beside it @param {string} side  whose colour the word has
   * @param {number | null} left  from 1 to 0; null where nothing is waited for
   */
  show(word, more, side, left) {
    const share = left === null ? "" : left.toFixed(2);
    const now = [word, more, side, share].join("\n");
    if (now === this.shown) return;
    this.shown = now;
    // What is the same is not set again, or it would be read aloud again.
    if (this.word.textContent !== word) this.word.textContent = word;
    if (this.more.textContent !== more) this.more.textContent = more;
    this.element.dataset.side = side;
    this.element.style.setProperty("--left-share", share || "0");
    this.rest.toggleAttribute("hidden", !share);
  }
}

/** The turns of an evening: their words, their light, and the phrase that stays until it is answered. */
export class TurnView {
  /**
   * @param {HTMLElement} parent  over which light shines @param {HTMLElement} words  of `TurnWord`
   * @param {import("./paint.js").Painter} painter @param {any} facts  what `web_facts` tells
   */
  constructor(parent, words, painter, facts) {
    this.facts = facts;
    this.painter = painter;
    this.turn = new Turn(facts);
    this.word = new TurnWord(words);
    this.light = new TurnLight(parent, facts);
    this.isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.hasPlayed = false;
  }

  /**
   * One picture later.
   * @param {import("./turn.js").TurnState & {mute?: boolean, glow?: import("./glow.js").Component[] | null}} state
   * @param {boolean} plays  the player began or moved since the last picture
   * @param {number | null} leftS  of the silence before an answer; null while none runs
   * @param {number} thresholdS  the whole silence @param {number} nowS
   */
  frame(state, plays, leftS, thresholdS, nowS) {
    this.hasPlayed ||= plays;
    if (this.turn.follow(state, plays, nowS)) this.painter.releaseKept();
    this.painter.keeps = this.turn.keeps;
    // Where the ghost would go on is shown while somebody plays.
    const isPlayed = this.turn.moment === "playing" || this.turn.moment === "answering";
    this.painter.want((isPlayed && state.glow) || null);
    const left = leftS === null || state.pause ? null : Math.min(1, Math.max(0, leftS / thresholdS));
    this.light.want(...this.turn.light(1 - (left ?? 1), this.isCalm ? Infinity : nowS));
    const [word, more, side] = this.turn.words(state, this.hasPlayed);
    this.word.show(word, [more, state.mute ? this.facts.words.muted : ""].filter(Boolean).join(" · "), side, left);
  }
}
