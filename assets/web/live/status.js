// @ts-check
/**
 * What the page says: whose turn it is and how much silence is left, who is here, and what a person should know.
 * @module status
 */

import { Notices } from "../shared/notices.js";
import { TurnView } from "../shared/turn_view.js";

const NOTICE_MS = 6000;

export class Status {
  /** @param {HTMLElement} stage @param {any} facts @param {import("../shared/paint.js").Painter} painter */
  constructor(stage, facts, painter) {
    this.view = new TurnView(stage, /** @type {HTMLElement} */ (stage.querySelector("#turn")), painter, facts);
    this.here = /** @type {HTMLElement} */ (stage.querySelector("#here"));
    this.notices = new Notices(/** @type {HTMLElement} */ (document.getElementById("notices")), NOTICE_MS);
    /** @type {number | null} */
    this.leftS = null; // of the silence before an answer, at `leftAtMs`
    this.leftAtMs = 0;
  }

  /** What the program told of its state. @param {Record<string, any>} changed @param {Record<string, any>} state */
  heard(changed, state) {
    if ("silence_left_s" in changed) {
      this.leftS = changed.silence_left_s;
      this.leftAtMs = performance.now();
    }
    if (changed.notice) this.notices.tell(changed.notice);
    if ("people" in changed) this.here.textContent = state.people > 1 ? `${state.people} play here` : "";
  }

  /** One picture later. @param {any} state @param {boolean} plays @param {number} nowMs */
  frame(state, plays, nowMs) {
    const leftS = this.leftS === null ? null : this.leftS - (nowMs - this.leftAtMs) / 1000;
    this.view.frame(state, plays, leftS, state.threshold_s, nowMs / 1000);
  }
}
