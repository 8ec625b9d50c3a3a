// @ts-check
/**
 * A keyboard that fingers play: several keys at once, glissando, loud where a key is touched low or hard.
 * @module keyboard
 */

import { element, makeButton } from "../shared/elements.js";
import { listenToPointers } from "../shared/pointers.js";

const BLACK = [1, 3, 6, 8, 10]; // of the twelve keys from C
const WHITE = [0, 2, 4, 5, 7, 9, 11];
const WHITE_PX = 42; // width of a white key, at least
const MOST_WHITES = 36;
const BLACK_HEIGHT = 0.6; // of a white key
const BLACK_WIDTH = 0.62;
const SOFTEST = 36; // velocity where a key is touched at its far end
const LOWEST = 21; // of a piano
const HIGHEST = 108;
const FIRST_C = 48; // the lowest key at the beginning, an octave below middle C

export class Keyboard {
  /**
   * @param {HTMLElement} parent
   * @param {(pitch: number, velocity: number) => void} played  a key goes down, or up with a velocity of 0
   */
  constructor(parent, played) {
    this.played = played;
    this.keys = element("div", { className: "keys" });
    this.low = FIRST_C; // the lowest key, a C
    this.nWhites = 0;
    this.range = element("output");
    const down = this.octaveButton("‹", "An octave lower", -12);
    const up = this.octaveButton("›", "An octave higher", 12);
    const octaves = element("div", { className: "octaves" }, down, this.range, up);
    const about = { className: "keyboard", role: "application", ariaLabel: "Keyboard" };
    this.element = element("div", about, octaves, this.keys);
    parent.append(this.element);
    /** @type {Map<number, number>} finger: pitch */
    this.fingers = new Map();
    /** @type {Map<number, HTMLElement>} pitch: key */
    this.shown = new Map();
    this.stop = listenToPointers(this.keys, {
      touch: (finger, x, y, _moving, pressure) => this.touch(finger, x, y, pressure),
      release: (finger) => this.release(finger),
    });
    this.resize();
  }

  /** Take it away; what is down goes up. */
  close() {
    this.stop();
    this.element.remove();
  }

  resize() {
    const width = Math.max(1, this.keys.clientWidth);
    this.nWhites = Math.min(MOST_WHITES, Math.max(7, Math.floor(width / WHITE_PX)));
    this.keys.replaceChildren();
    this.shown.clear();
    const add = (/** @type {number} */ pitch, /** @type {string} */ kind, /** @type {number} */ left, /** @type {number} */ share) => {
      const key = element("i", { className: kind });
      key.style.left = `${100 * left}%`;
      key.style.width = `${100 * share}%`;
      if (pitch % 12 === 0) key.dataset.name = `C${pitch / 12 - 1}`;
      this.shown.set(pitch, key);
      this.keys.append(key);
    };
    const share = 1 / this.nWhites;
    for (let white = 0; white < this.nWhites; white++) add(this.whitePitch(white), "white", white * share, share);
    for (let white = 0; white < this.nWhites - 1; white++) {
      const pitch = this.whitePitch(white) + 1;
      if (BLACK.includes(pitch % 12)) add(pitch, "black", (white + 1 - BLACK_WIDTH / 2) * share, BLACK_WIDTH * share);
    }
    const name = (/** @type {number} */ pitch) => `C${Math.floor(pitch / 12) - 1}`;
    this.range.textContent = `${name(this.low)} – ${name(this.whitePitch(this.nWhites - 1))}`;
  }

  /** @param {number} white  its number from the left */
  whitePitch(white) {
    return this.low + 12 * Math.floor(white / 7) + WHITE[white % 7];
  }

  /** The key at a place, and how far down it is touched, 0 to 1. @param {number} x @param {number} y @returns {[number, number]} */
  keyAt(x, y) {
    const place = Math.min(this.nWhites - 1e-6, x * this.nWhites);
    const white = Math.floor(place);
    const pitch = this.whitePitch(white);
    if (y < BLACK_HEIGHT) {
      const within = place - white;
      const half = BLACK_WIDTH / 2;
      const isLeft = white > 0 && within < half && BLACK.includes((pitch + 11) % 12);
      const isRight = white < this.nWhites - 1 && within > 1 - half && BLACK.includes((pitch + 1) % 12);
      if (isLeft || isRight) return [pitch + (isLeft ? -1 : 1), y / BLACK_HEIGHT];
    }
    return [pitch, y];
  }

  /** @param {number} finger @param {number} x @param {number} y @param {number} pressure */
  touch(finger, x, y, pressure) {
    const [pitch, depth] = this.keyAt(x, y);
    if (this.fingers.get(finger) === pitch) return;
    this.release(finger);
    const isFree = !this.isDown(pitch);
    this.fingers.set(finger, pitch);
    this.shown.get(pitch)?.classList.add("down");
    const velocity = SOFTEST + (127 - SOFTEST) * depth * pressure;
    if (isFree) this.played(pitch, Math.round(Math.min(127, Math.max(1, velocity))));
  }

  /** @param {number} finger */
  release(finger) {
    const pitch = this.fingers.get(finger);
    if (pitch === undefined) return;
    this.fingers.delete(finger);
    if (this.isDown(pitch)) return;
    this.shown.get(pitch)?.classList.remove("down");
    this.played(pitch, 0);
  }

  /** Whether a finger holds a key. @param {number} pitch */
  isDown(pitch) {
    for (const held of this.fingers.values()) if (held === pitch) return true;
    return false;
  }

  /** @param {string} text @param {string} label @param {number} step */
  octaveButton(text, label, step) {
    const button = makeButton(text, label, () => {
      const low = this.low + step;
      if (low + 12 < LOWEST || low > HIGHEST - 12) return;
      for (const finger of [...this.fingers.keys()]) this.release(finger);
      this.low = low;
      this.resize();
    });
    button.ariaLabel = label;
    return button;
  }
}
