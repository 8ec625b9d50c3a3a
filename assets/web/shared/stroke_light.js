// @ts-check
/**
 * Strokes as light that fades like ink: ink along their curve, haze around it, spots where a finger taps. As
 * `app/pictures/live/stroke_light.py`.
 *
 * Light of the window is a sum that film answers to; here it is the sum of what is seen, eight bits of it: the
 * root of the light. A line is a row of spots nearer to each other than they are wide. What the next event may
 * still bend is drawn on the picture alone, so the tip is always where the finger is.
 * @module stroke_light
 */

import { Brush, lightAt, pressed } from "./brush.js";
import { makeCanvas } from "./canvas.js";
import { GrowingCurve } from "./curves.js";
import { FadingCanvas } from "./fading_canvas.js";
import { SPOT_SIGMAS, spot } from "./light_sprites.js";

/** @import { Colour } from "./light_sprites.js" */
/** @typedef {"player" | "ghost"} Source */
/**
 * @typedef {object} Pen  one stroke that goes on
 * @property {Source} source
 * @property {HTMLCanvasElement} light  a spot of its colour
 * @property {HTMLCanvasElement} rest  what is kept of that
 * @property {number} x fraction of the canvas
 * @property {number} y
 * @property {Brush} brush
 * @property {GrowingCurve} curve  in pixels of the ink
 * @property {number[][]} tip  places of the brush on what the next event may still bend
 * @property {number} spareInk  way since the last spot of ink
 * @property {number} spareKept
 * @property {number} spareHaze
 * @property {boolean} moved
 */

const INK_SIGMA_PX = 2; // half width of a line in pixels of the ink that is fine enough
const HAZE_STEP = 6; // pixels of ink to one of haze, across
const ROOT_TAU = Math.sqrt(2 * Math.PI);
const EVERY = 1.3; // standard deviations from one spot of a line to the next, where they add up
const KEPT_EVERY = 0.4; // where the brightest is taken
const LEAST_WIDTH = 0.05;
const FLATNESS_PX = 0.05; // of the ink, that a line strays from its curve
const LONGEST_PX = 4; // of one width

export class StrokeLight {
  /** @param {any} facts  what `web_facts` tells */
  constructor(facts) {
    this.facts = facts;
    this.style = facts.style;
    const { strokes } = facts.style;
    // What is seen is the root of the light, and so fades half as fast.
    this.ink = new FadingCanvas(2 * strokes.ink_decay_s, 4, 6);
    this.haze = new FadingCanvas(2 * strokes.haze_decay_s, 8, 2);
    /** @type {Map<any, Pen>} */
    this.pens = new Map();
    /** Whether what the player draws stays faintly until `releaseKept`. */
    this.keeps = false;
    this.hasKept = false;
    this.kept = makeCanvas(1, 1);
    this.keptContext = /** @type {CanvasRenderingContext2D} */ (this.kept.getContext("2d", { alpha: false }));
    /** @type {Map<string, HTMLCanvasElement>} */
    this.sprites = new Map();
    this.inkSigma = 1; // of a line of width 1, pixels of ink
    this.usualInk = 1; // height of a usual canvas of this area, of whose height the window's lengths are fractions
    this.heightInk = 1; // of that again, but never larger than it is: of speeds
  }

  get isDark() {
    return this.ink.isDark && this.haze.isDark && !this.pens.size;
  }

  /**
   * @param {number} width @param {number} height  CSS pixels @param {number} ratio  pixels of the picture to one
   * @param {number} unit  CSS pixels to one of the style's
   */
  resize(width, height, ratio, unit) {
    const sigma = Math.SQRT2 * this.style.line_sigma_px * unit;
    const scale = Math.min(ratio, Math.max(ratio / 2, INK_SIGMA_PX / sigma));
    this.inkSigma = sigma * scale;
    this.ink.resize(width * scale, height * scale);
    this.haze.resize((width * scale) / HAZE_STEP, (height * scale) / HAZE_STEP);
    this.usualInk = unit * this.style.reference_height_px * scale;
    this.heightInk = Math.sqrt((width * height) / this.facts.aspect) * scale;
    const kept = makeCanvas(this.ink.canvas.width, this.ink.canvas.height);
    const context = /** @type {CanvasRenderingContext2D} */ (kept.getContext("2d", { alpha: false }));
    if (this.hasKept) context.drawImage(this.kept, 0, 0, kept.width, kept.height);
    this.kept = kept;
    this.keptContext = context;
    for (const pen of this.pens.values()) pen.curve = this.makeCurve(pen.x, pen.y, pen.brush.width);
  }

  /**
   * @param {any} key @param {Source} source @param {Colour} colour @param {number} x  fraction of the canvas
   * @param {number} y @param {boolean} moving @param {number} pressure @param {number} timeS
   */
  touch(key, source, colour, x, y, moving, pressure, timeS) {
    const px = x * this.ink.canvas.width;
    const py = y * this.ink.canvas.height;
    const pen = this.pens.get(key);
    if (pen && moving) {
      pen.x = x;
      pen.y = y;
      const width = pen.brush.move(px / this.heightInk, py / this.heightInk, timeS, pressure);
      pen.moved = pen.curve.add([px, py, width]) || pen.moved;
      return;
    }
    this.end(key);
    const brush = new Brush(this.style.brush);
    brush.move(px / this.heightInk, py / this.heightInk, timeS, pressure);
    const curve = this.makeCurve(x, y, brush.width);
    const light = this.sprite(colour, 1);
    const rest = this.sprite(colour, Math.sqrt(this.style.keeping.kept));
    const begun = { source, light, rest, x, y, brush, curve, spareInk: 0, spareKept: 0, spareHaze: 0, tip: [], moved: false };
    this.pens.set(key, begun);
    const { start_light, start_sigma_px, strokes } = this.style;
    this.spot(begun, px, py, start_light * pressed(this.style.brush, pressure), start_sigma_px);
    this.hazeSpot(light, px, py, Math.sqrt(strokes.start_haze), 1.6);
  }

  /** @param {any} key */
  release(key) {
    const pen = this.pens.get(key);
    if (!pen) return;
    this.end(key);
    const [x, y] = pen.curve.last;
    const { strokes, start_sigma_px, tap_light, tap_sigma_px } = this.style;
    if (pen.moved) this.spot(pen, x, y, strokes.end_light, start_sigma_px);
    else this.spot(pen, x, y, tap_light, tap_sigma_px);
  }

  /** A voice is there no more, without having been released. @param {any} key */
  forget(key) {
    this.pens.delete(key);
  }

  /** What was kept of the player's strokes fades away. */
  releaseKept() {
    if (!this.hasKept) return;
    this.hasKept = false;
    this.ink.context.globalAlpha = 1;
    this.ink.context.globalCompositeOperation = "lighten";
    this.ink.context.drawImage(this.kept, 0, 0);
    this.ink.context.globalCompositeOperation = "lighter";
    this.ink.lit(0);
    this.keptContext.fillStyle = "#000";
    this.keptContext.globalCompositeOperation = "source-over";
    this.keptContext.fillRect(0, 0, this.kept.width, this.kept.height);
  }

  clear() {
    this.releaseKept();
    this.ink.clear();
    this.haze.clear();
  }

  /** Let time pass, and draw how every voice moved since. @param {number} elapsedS */
  follow(elapsedS) {
    this.ink.fade(elapsedS);
    this.haze.fade(elapsedS);
    for (const pen of this.pens.values()) this.lay(pen, false);
  }

  /** Add all light to a picture. @param {CanvasRenderingContext2D} context @param {number} width @param {number} height */
  draw(context, width, height) {
    context.globalAlpha = 1;
    if (!this.haze.isDark) context.drawImage(this.haze.canvas, 0, 0, width, height);
    if (!this.ink.isDark) context.drawImage(this.ink.canvas, 0, 0, width, height);
    if (this.hasKept) {
      context.globalCompositeOperation = "lighten";
      context.drawImage(this.kept, 0, 0, width, height);
      context.globalCompositeOperation = "lighter";
    }
    const scale = width / this.ink.canvas.width;
    for (const pen of this.pens.values()) this.drawTip(context, pen, scale);
  }

  /** @param {any} key */
  end(key) {
    const pen = this.pens.get(key);
    if (pen) this.lay(pen, true);
    this.pens.delete(key);
  }

  /** Ink and haze where the brush came and nothing bends any more. @param {Pen} pen @param {boolean} ends */
  lay(pen, ends) {
    const { strokes, brush } = this.style;
    const share = Math.sqrt(strokes.haze_strength * lightAt(brush, pen.brush.width));
    const hazeStep = EVERY * Math.SQRT2 * strokes.haze_sigma * this.usualInk;
    const keeps = this.keeps && pen.source === "player";
    const { stays, tip } = pen.curve.grow(this.style.jitter * this.heightInk, FLATNESS_PX, LONGEST_PX, ends);
    pen.tip = tip;
    for (let at = 1; at < stays.length; at++) {
      const [x0, y0, w0] = stays[at - 1];
      const [x, y, width] = stays[at];
      this.line(pen, x0, y0, w0, x, y, width, keeps);
      pen.spareHaze += Math.hypot(x - x0, y - y0);
      if (pen.spareHaze < hazeStep) continue;
      pen.spareHaze %= hazeStep;
      this.hazeSpot(pen.light, x, y, (share * EVERY) / ROOT_TAU, 1);
    }
  }

  /**
   * Spots of ink along a straight piece.
   * @param {Pen} pen @param {number} x0 @param {number} y0 @param {number} w0
   * @param {number} x1 @param {number} y1 @param {number} w1 @param {boolean} keeps
   */
  line(pen, x0, y0, w0, x1, y1, w1, keeps) {
    const length = Math.hypot(x1 - x0, y1 - y0);
    const width = Math.max(LEAST_WIDTH, (w0 + w1) / 2);
    const sigma = this.inkSigma * width;
    const seen = (Math.sqrt(lightAt(this.style.brush, width)) * EVERY) / ROOT_TAU;
    const step = EVERY * sigma;
    let at = step - pen.spareInk;
    for (; at <= length; at += step) {
      this.dab(pen, x0 + (at / length) * (x1 - x0), y0 + (at / length) * (y1 - y0), sigma, seen);
    }
    pen.spareInk = length - (at - step);
    if (!keeps) return;
    const keptStep = KEPT_EVERY * sigma;
    at = keptStep - pen.spareKept;
    for (; at <= length; at += keptStep) {
      this.keepDab(pen, x0 + (at / length) * (x1 - x0), y0 + (at / length) * (y1 - y0), sigma);
    }
    pen.spareKept = length - (at - keptStep);
  }

  /** @param {Pen} pen @param {number} x @param {number} y @param {number} sigma @param {number} seen */
  dab(pen, x, y, sigma, seen) {
    const reach = SPOT_SIGMAS * sigma;
    this.ink.context.globalAlpha = Math.min(1, seen);
    this.ink.context.drawImage(pen.light, x - reach, y - reach, 2 * reach, 2 * reach);
    this.ink.lit(seen * 2 * Math.PI * sigma * sigma);
  }

  /** @param {Pen} pen @param {number} x @param {number} y @param {number} sigma */
  keepDab(pen, x, y, sigma) {
    const reach = SPOT_SIGMAS * sigma;
    this.keptContext.globalCompositeOperation = "lighten";
    this.keptContext.drawImage(pen.rest, x - reach, y - reach, 2 * reach, 2 * reach);
    this.hasKept = true;
  }

  /** A spot of ink. @param {Pen} pen @param {number} x @param {number} y @param {number} light @param {number} sigmaPx */
  spot(pen, x, y, light, sigmaPx) {
    const sigma = Math.SQRT2 * (sigmaPx / this.style.reference_height_px) * this.usualInk;
    let seen = Math.sqrt(light);
    for (; seen > 1; seen -= 1) this.dab(pen, x, y, sigma, 1);
    this.dab(pen, x, y, sigma, seen);
    if (this.keeps && pen.source === "player") this.keepDab(pen, x, y, sigma);
  }

  /** @param {HTMLCanvasElement} light @param {number} x  of the ink @param {number} y @param {number} seen @param {number} times */
  hazeSpot(light, x, y, seen, times) {
    const across = this.haze.canvas.width / this.ink.canvas.width;
    const sigma = times * Math.SQRT2 * this.style.strokes.haze_sigma * this.usualInk * across;
    const reach = SPOT_SIGMAS * sigma;
    this.haze.context.globalAlpha = Math.min(1, seen);
    this.haze.context.drawImage(light, x * across - reach, y * across - reach, 2 * reach, 2 * reach);
    this.haze.lit(seen * 2 * Math.PI * sigma * sigma);
  }

  /** What the next event may still bend. @param {CanvasRenderingContext2D} context @param {Pen} pen @param {number} scale */
  drawTip(context, pen, scale) {
    let spare = pen.spareInk;
    for (let index = 1; index < pen.tip.length; index++) {
      const [x0, y0] = pen.tip[index - 1];
      const [x, y, width] = pen.tip[index];
      const length = Math.hypot(x - x0, y - y0);
      const sigma = this.inkSigma * Math.max(LEAST_WIDTH, width);
      const reach = SPOT_SIGMAS * sigma * scale;
      const step = EVERY * sigma;
      context.globalAlpha = Math.min(1, (Math.sqrt(lightAt(this.style.brush, width)) * EVERY) / ROOT_TAU);
      let at = step - spare;
      for (; at <= length; at += step) {
        const px = (x0 + (at / length) * (x - x0)) * scale;
        const py = (y0 + (at / length) * (y - y0)) * scale;
        context.drawImage(pen.light, px - reach, py - reach, 2 * reach, 2 * reach);
      }
      spare = length - (at - step);
    }
  }

  /** @param {number} x @param {number} y @param {number} width */
  makeCurve(x, y, width) {
    const { canvas } = this.ink;
    return new GrowingCurve(this.style.curves, [x * canvas.width, y * canvas.height, width]);
  }

  /** @param {Colour} colour @param {number} share */
  sprite(colour, share) {
    const name = `${colour} ${share}`;
    let sprite = this.sprites.get(name);
    if (!sprite) this.sprites.set(name, (sprite = spot(colour, share)));
    return sprite;
  }
}
