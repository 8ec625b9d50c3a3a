// @ts-check
/**
 * A canvas whose light fades like ink. Its eight bits would stop fading at a residue, for they are rounded: so
 * light is multiplied in steps that are large enough to show, and now and then one of the 255 is taken away.
 * @module fading_canvas
 */

import { makeCanvas } from "./canvas.js";

const CROWDED = 0.15; // mean light at which it fades twice as fast: a full canvas stays legible
const DARK_STEPS = 340; // after so many steps without new light nothing is left of any

/** Light on black that fades. */
export class FadingCanvas {
  /**
   * @param {number} decayS  in which what is seen falls to 1/e
   * @param {number} alpha  of 255, that a step takes away: less is smoother and leaves more of a residue
   * @param {number} takeEvery  steps from one taking away to the next
   */
  constructor(decayS, alpha, takeEvery) {
    this.alpha = alpha;
    this.takeEvery = takeEvery;
    this.stepS = -Math.log1p(-alpha / 255) * decayS;
    this.dueS = 0;
    this.steps = 0;
    this.amount = 0; // of light, in pixels that are fully lit
    this.idle = DARK_STEPS;
    this.canvas = makeCanvas(1, 1);
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d", { alpha: false }));
  }

  get isDark() {
    return this.idle >= DARK_STEPS;
  }

  /** Another size, the same picture stretched over it. @param {number} width @param {number} height */
  resize(width, height) {
    const before = this.canvas;
    const canvas = makeCanvas(width, height);
    if (canvas.width === before.width && canvas.height === before.height) return;
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    context.drawImage(before, 0, 0, canvas.width, canvas.height);
    context.globalCompositeOperation = "lighter";
    this.canvas = canvas;
    this.context = context;
  }

  /** Light was added: so much of it. @param {number} amount  as `amount` */
  lit(amount) {
    this.amount += amount;
    this.idle = 0;
  }

  /** Let time pass. @param {number} elapsedS */
  fade(elapsedS) {
    if (this.isDark) return;
    const crowd = 1 + this.amount / (this.canvas.width * this.canvas.height) / CROWDED;
    this.dueS += elapsedS * crowd;
    for (let n = Math.min(8, Math.floor(this.dueS / this.stepS)); n > 0; n--) this.step();
    if (this.dueS > this.stepS) this.dueS = 0;
    if (this.isDark) this.clear();
  }

  step() {
    const { context, canvas } = this;
    this.dueS -= this.stepS;
    this.idle += 1;
    this.steps += 1;
    this.amount *= 1 - this.alpha / 255;
    context.globalAlpha = 1;
    context.globalCompositeOperation = "source-over";
    context.fillStyle = `rgba(0, 0, 0, ${this.alpha / 255})`;
    context.fillRect(0, 0, canvas.width, canvas.height);
    if (this.steps % this.takeEvery === 0) {
      // One of 255 less, and never below none: turned around, one more, turned back.
      for (const [operation, colour] of [
        ["difference", "#fff"],
        ["lighter", "#010101"],
        ["difference", "#fff"],
      ]) {
        context.globalCompositeOperation = /** @type {GlobalCompositeOperation} */ (operation);
        context.fillStyle = colour;
        context.fillRect(0, 0, canvas.width, canvas.height);
      }
    }
    context.globalCompositeOperation = "lighter";
  }

  clear() {
    this.context.globalAlpha = 1;
    this.context.globalCompositeOperation = "source-over";
    this.context.fillStyle = "#000";
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.context.globalCompositeOperation = "lighter";
    this.amount = 0;
    this.idle = DARK_STEPS;
  }
}
