// @ts-check
/**
 * What a person should know, for some seconds each.
 * @module notices
 */

import { element } from "./elements.js";

const MOST = 3; // at a time

export class Notices {
  /** @param {HTMLElement} parent @param {number} shownMs  how long each is shown */
  constructor(parent, shownMs) {
    this.parent = parent;
    this.shownMs = shownMs;
    /** @type {Map<string, {line: HTMLElement, timer: number}>} */
    this.told = new Map();
  }

  /** Show a text; the same text again is shown anew. @param {string} text @param {boolean} [stays]  until `untell` */
  tell(text, stays = false) {
    this.untell(text);
    const line = element("p", {}, text);
    this.parent.append(line);
    const timer = stays ? 0 : window.setTimeout(() => this.untell(text), this.shownMs);
    this.told.set(text, { line, timer });
    for (const [oldest, { timer: passes }] of this.told) {
      if (this.told.size <= MOST) break;
      if (passes) this.untell(oldest);
    }
  }

  /** @param {string} text */
  untell(text) {
    const told = this.told.get(text);
    if (!told) return;
    clearTimeout(told.timer);
    told.line.remove();
    this.told.delete(text);
  }
}
