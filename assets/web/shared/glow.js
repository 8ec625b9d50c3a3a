// @ts-check
/**
 * Where the next touch of the ghost may fall: its mixture as a soft, slow light. As `app/pictures/live/glow.py`.
 * @module glow
 */

import { makeCanvas } from "./canvas.js";
import { emission } from "./light_sprites.js";

/**
 * A component of the mixture: its share, x, y, their deviations, fractions of the canvas, and their correlation.
 * @typedef {[number, number, number, number, number, number]} Component
 */

const CELLS = 4000; // of the grid, which the browser draws smoothly
const COLOURS = 256; // from dark to the most light there is

export class Glow {
  /** @param {any} facts  what `web_facts` tells */
  constructor(facts) {
    this.numbers = facts.style.glow;
    /** What was wanted last. @type {readonly Component[] | null} */
    this.components = null;
    /** @type {HTMLCanvasElement | null} */
    this.canvas = null;
    this.colours = coloursOf(facts.palette.mixture, this.numbers);
    this.isDark = true;
    this.aspect = 1;
    this.columns = this.rows = 2;
    this.levels = new Float32Array(4);
    this.wanted = new Float32Array(4);
  }

  /** The canvas has another shape; it is lit anew. @param {number} aspect  its width in heights */
  resize(aspect) {
    this.aspect = aspect;
    this.columns = Math.max(2, Math.round(Math.sqrt(CELLS * aspect)));
    this.rows = Math.max(2, Math.round(CELLS / this.columns));
    this.levels = new Float32Array(this.columns * this.rows);
    this.wanted = new Float32Array(this.levels.length);
    this.canvas = null;
    const { components } = this;
    this.components = null;
    this.want(components);
  }

  /** Set what to move towards; null is darkness. @param {readonly Component[] | null} components */
  want(components) {
    if (components === this.components) return;
    this.components = components;
    this.wanted.fill(0);
    if (!components) return;
    this.isDark = false;
    for (const component of components) this.add(component);
    // Components that agree add up, but never to more light than a stroke has.
    const { limit } = this.numbers;
    this.wanted.forEach((level, at) => (this.wanted[at] = limit - limit * Math.exp(-level / limit)));
  }

  /** Move towards what is wanted. @param {number} elapsedS */
  settle(elapsedS) {
    if (this.isDark) return;
    const { levels, wanted, numbers } = this;
    const share = 1 - Math.exp(-elapsedS / numbers.settle_s);
    let most = 0;
    for (let at = 0; at < levels.length; at++) {
      levels[at] += (wanted[at] - levels[at]) * share;
      most = Math.max(most, levels[at]);
    }
    if (this.components || most >= numbers.dark) return;
    levels.fill(0);
    this.isDark = true;
  }

  /** Add it to a picture. @param {CanvasRenderingContext2D} context @param {number} width @param {number} height */
  draw(context, width, height) {
    if (this.isDark) return;
    this.canvas ??= makeCanvas(this.columns, this.rows);
    const small = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    const image = small.createImageData(this.columns, this.rows);
    const pixels = new Uint32Array(image.data.buffer);
    const scale = (COLOURS - 1) / this.numbers.limit;
    this.levels.forEach((level, at) => (pixels[at] = this.colours[Math.round(level * scale)]));
    small.putImageData(image, 0, 0);
    context.drawImage(this.canvas, 0, 0, width, height);
  }

  /** @param {Component} component */
  add([share, x, y, deviationX, deviationY, correlation]) {
    const { least_sigma, wide_sigma, strength } = this.numbers;
    const xx = Math.max(deviationX ** 2, (least_sigma / this.aspect) ** 2);
    const yy = Math.max(deviationY ** 2, least_sigma ** 2);
    const limit = 0.95 * Math.sqrt(xx * yy);
    const xy = Math.min(limit, Math.max(-limit, correlation * deviationX * deviationY));
    const determinant = xx * yy - xy * xy;
    const peak = strength * Math.sqrt(share) * Math.min(1.5, Math.sqrt(wide_sigma / determinant ** 0.25));
    for (let row = 0, at = 0; row < this.rows; row++) {
      const down = row / (this.rows - 1) - y;
      for (let column = 0; column < this.columns; column++, at++) {
        const across = column / (this.columns - 1) - x;
        const distance = across * across * yy + down * down * xx - 2 * xy * across * down;
        this.wanted[at] += peak * Math.exp((-0.5 * distance) / determinant);
      }
    }
  }
}

/**
 * What levels look like, as pixels. A level is as the eye has it, its square is light.
 * @param {[number, number, number]} colour @param {any} numbers
 */
function coloursOf(colour, { limit, light }) {
  const colours = new Uint32Array(COLOURS);
  const bytes = new Uint8ClampedArray(colours.buffer);
  const tint = emission(colour);
  for (let index = 0; index < COLOURS; index++) {
    const level = (limit * index) / (COLOURS - 1);
    tint.forEach((one, channel) => (bytes[4 * index + channel] = 255 * Math.sqrt(1 - Math.exp(-level * level * light * one))));
    bytes[4 * index + 3] = 255;
  }
  return colours;
}
