// @ts-check
/**
 * A bank of faders, one for each knob of the controller: a finger moves the one that it came down on, and the
 * ghost's place is marked on each.
 * @module faders
 */

import { element } from "../shared/elements.js";
import { listenToPointers } from "../shared/pointers.js";

const MIDDLE = 0.5; // where a fader stands at the beginning
const STEP = 0.02; // of an arrow key

export class Faders {
  /**
   * @param {HTMLElement} parent @param {string[]} names  one each
   * @param {(values: number[]) => void} moved  all of them, from 0 at the bottom to 1
   */
  constructor(parent, names, moved) {
    this.moved = moved;
    this.values = names.map(() => MIDDLE);
    this.lanes = names.map((name, index) => this.makeLane(name, index));
    this.element = element("div", { className: "faders" }, ...this.lanes.map((lane) => lane.element));
    parent.append(this.element);
    /** @type {Map<number, number>} finger: fader */
    this.held = new Map();
    this.stop = listenToPointers(this.element, {
      touch: (finger, x, y, moving) => {
        if (!moving) this.held.set(finger, Math.min(names.length - 1, Math.floor(x * names.length)));
        const fader = this.held.get(finger);
        if (fader !== undefined) this.move(fader, 1 - y);
      },
      release: (finger) => this.held.delete(finger),
    });
    names.forEach((_, index) => this.show(index, MIDDLE));
  }

  /** Take it away. */
  close() {
    this.stop();
    this.element.remove();
  }

  /** Where the ghost's knobs are. @param {number[]} values */
  ghost(values) {
    values.forEach((value, index) => {
      const mark = this.lanes[index]?.ghost;
      if (!mark) return;
      mark.hidden = false;
      mark.style.top = `${100 * (1 - value)}%`;
    });
  }

  /** Where the person's knobs are, moved elsewhere. @param {number[]} values */
  player(values) {
    if (values.length !== this.values.length || this.held.size) return;
    this.values = [...values];
    values.forEach((value, index) => this.show(index, value));
  }

  /** @param {number} index @param {number} value */
  move(index, value) {
    const now = Math.min(1, Math.max(0, value));
    if (now === this.values[index]) return;
    this.values[index] = now;
    this.show(index, now);
    this.moved([...this.values]);
  }

  /** @param {number} index @param {number} value */
  show(index, value) {
    const { element, level } = this.lanes[index];
    level.style.transform = `scaleY(${value})`;
    element.ariaValueNow = value.toFixed(2);
  }

  /** @param {string} name @param {number} index */
  makeLane(name, index) {
    const level = element("i", { className: "level" });
    const ghost = element("i", { className: "ghost", hidden: true });
    const spoken = { role: "slider", ariaLabel: name, ariaOrientation: "vertical", ariaValueMin: "0", ariaValueMax: "1" };
    const lane = element("div", { className: "lane", tabIndex: 0, ...spoken }, level, ghost, element("small", {}, name));
    lane.addEventListener("keydown", (event) => {
      const step = { ArrowUp: STEP, ArrowDown: -STEP, PageUp: 5 * STEP, PageDown: -5 * STEP }[event.key];
      if (!step) return;
      event.preventDefault();
      this.move(index, this.values[index] + step);
    });
    return { element: lane, level, ghost };
  }
}
