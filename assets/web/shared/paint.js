// @ts-check
/**
 * The painter of the canvas: strokes of light that fade like ink, taps as points of light, glowing heads, and
 * notes as a roll, so that it looks as the program's window does (`app/pictures/live`).
 * @module paint
 */

import { makeCanvas, pixelRatio } from "./canvas.js";
import { Glow } from "./glow.js";
import { head } from "./light_sprites.js";
import { Roll } from "./roll.js";
import { StrokeLight } from "./stroke_light.js";

/** @import { Colour } from "./light_sprites.js" */
/** @typedef {"player" | "ghost"} Source */
/** @typedef {{colour: Colour, x: number, y: number, timeS: number, held: boolean, glow: number, source: Source}} Head */

const LONGEST_STEP_S = 0.1; // a page that was held by the system fades on from where it was
const BACKGROUND_STEP = 4; // pixels of the picture to one of the background

export class Painter {
  /**
   * @param {HTMLCanvasElement} canvas  which fills its place by style sheets; its pixels are the painter's
   * @param {any} facts  what `web_facts` tells
   */
  constructor(canvas, facts) {
    this.canvas = canvas;
    this.facts = facts;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    this.strokes = new StrokeLight(facts);
    this.roll = new Roll(facts);
    this.glow = new Glow(facts);
    /** @type {Map<any, Head>} */
    this.heads = new Map();
    /** @type {Map<string, HTMLCanvasElement>} */
    this.headSprites = new Map();
    this.width = 1;
    this.height = 1;
    this.headPx = 1; // height of the canvas that heads are made for
    this.background = canvas;
    this.lastS = NaN;
    this.isStill = false;
    this.resize();
  }

  /** Whether what the player draws stays faintly until `releaseKept`. */
  get keeps() {
    return this.strokes.keeps;
  }
  set keeps(keeps) {
    this.strokes.keeps = keeps;
  }

  /** The canvas has another size. What glows is stretched along. */
  resize() {
    const box = this.canvas.getBoundingClientRect();
    const [width, height] = [Math.max(1, box.width), Math.max(1, box.height)];
    const ratio = pixelRatio();
    const { style } = this.facts;
    // Small canvases keep lines this thick, or they would vanish.
    const unit = Math.max(style.smallest_unit, Math.sqrt((width * height) / style.reference_area_px));
    this.width = Math.round(width * ratio);
    this.height = Math.round(height * ratio);
    if (this.canvas.width !== this.width || this.canvas.height !== this.height) {
      this.canvas.width = this.width;
      this.canvas.height = this.height;
    }
    this.headPx = unit * style.reference_height_px * ratio;
    this.headSprites.clear();
    this.background = this.makeBackground();
    this.strokes.resize(width, height, ratio, unit);
    this.roll.resize(this.width, this.height, ratio * unit);
    this.glow.resize(width / height);
    this.isStill = false;
  }

  /**
   * A voice is at (x, y).
   * @param {any} key  the voice: anything that a Map can hold
   * @param {Source} source
   * @param {number | Colour} colour  or the number of the source's colour in the palette
   * @param {number} x  fraction of the canvas
   * @param {number} y
   * @param {boolean} moving  false where it comes down
   * @param {number} pressure  (0, 1]
   * @param {number} timeMs
   */
  touch(key, source, colour, x, y, moving, pressure, timeMs) {
    const shown = this.colourOf(source, colour);
    this.strokes.touch(key, source, shown, x, y, moving, pressure, timeMs / 1000);
    this.heads.set(key, { colour: shown, x, y, timeS: timeMs / 1000, held: true, glow: 1, source });
    this.isStill = false;
  }

  /** A voice ended, or a key went up. @param {any} key @param {number} timeMs */
  release(key, timeMs) {
    this.isStill = false;
    if (this.roll.release(key, timeMs / 1000)) return;
    this.strokes.release(key);
    const head = this.heads.get(key);
    if (head) head.held = false;
  }

  /**
   * A key goes down; `release` with the same `key` ends it.
   * @param {any} key @param {Source} source @param {number | Colour} colour
   * @param {number} pitch  0 to 127 @param {number} velocity  1 to 127 @param {number} timeMs
   */
  note(key, source, colour, pitch, velocity, timeMs) {
    this.roll.press(key, this.colourOf(source, colour), pitch, velocity, timeMs / 1000);
    this.isStill = false;
  }

  /** What was kept of the player's strokes fades away. */
  releaseKept() {
    this.strokes.releaseKept();
    this.isStill = false;
  }

  /**
   * Where the next touch of the ghost may fall, from here on; null: nowhere.
   * @param {readonly import("./glow.js").Component[] | null} components
   */
  want(components) {
    this.glow.want(components);
    this.isStill &&= this.glow.isDark;
  }

  /** Dark at once; voices that are down go on. */
  clear() {
    this.strokes.clear();
    this.roll.clear();
    this.isStill = false;
  }

  /**
   * Draw one frame; nothing where nothing changed. Returns whether anything moves.
   * @param {number} nowMs  of the clock of `touch`
   */
  frame(nowMs) {
    const nowS = nowMs / 1000;
    const elapsedS = Number.isNaN(this.lastS) ? 0 : Math.min(LONGEST_STEP_S, Math.max(0, nowS - this.lastS));
    this.lastS = nowS;
    if (this.isStill) return false;
    this.strokes.follow(elapsedS);
    this.fadeHeads(elapsedS, nowS);
    const { context, width, height } = this;
    context.globalAlpha = 1;
    context.globalCompositeOperation = "source-over";
    context.drawImage(this.background, 0, 0, width, height);
    context.globalCompositeOperation = "lighter";
    this.glow.settle(elapsedS);
    this.glow.draw(context, width, height);
    this.strokes.draw(context, width, height);
    this.roll.draw(context, nowS, elapsedS);
    for (const one of this.heads.values()) {
      const sprite = this.headSprite(one.colour);
      context.globalAlpha = Math.min(1, one.glow);
      context.drawImage(sprite, one.x * width - sprite.width / 2, one.y * height - sprite.height / 2);
    }
    context.globalAlpha = 1;
    this.isStill = this.strokes.isDark && this.glow.isDark && !this.heads.size && this.roll.isDark(nowS);
    return !this.isStill;
  }

  /** @param {number} elapsedS @param {number} nowS */
  fadeHeads(elapsedS, nowS) {
    const { head_fade_s, ghost_hold_s } = this.facts.style.strokes;
    for (const [key, one] of this.heads) {
      const isLost = one.source === "ghost" && nowS - one.timeS > ghost_hold_s;
      if (one.held && !isLost) continue;
      one.glow -= elapsedS / head_fade_s;
      if (one.glow > 0) continue;
      this.heads.delete(key);
      this.strokes.forget(key);
    }
  }

  /** @param {Source} source @param {number | Colour} colour @returns {Colour} */
  colourOf(source, colour) {
    if (typeof colour !== "number") return colour;
    const colours = this.facts.palette[source];
    return colours[colour % colours.length];
  }

  /** @param {Colour} colour */
  headSprite(colour) {
    const name = String(colour);
    let sprite = this.headSprites.get(name);
    if (!sprite) this.headSprites.set(name, (sprite = head(colour, this.headPx, this.facts.style.heads)));
    return sprite;
  }

  /** The empty canvas: calm, a little darker towards the corners. */
  makeBackground() {
    const canvas = makeCanvas(this.width / BACKGROUND_STEP, this.height / BACKGROUND_STEP);
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    const { background, vignette } = this.facts.palette;
    const { width, height } = canvas;
    context.setTransform(width / Math.SQRT2, 0, 0, height / Math.SQRT2, width / 2, height / 2);
    const gradient = context.createRadialGradient(0, 0, this.facts.style.vignette_start, 0, 0, 1);
    gradient.addColorStop(0, `rgb(${background})`);
    gradient.addColorStop(1, `rgb(${vignette})`);
    context.fillStyle = gradient;
    context.fillRect(-1, -1, 2, 2);
    return canvas;
  }
}
