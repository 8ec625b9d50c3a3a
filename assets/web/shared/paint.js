// @ts-check
/**
 * The painter of the canvas: strokes of light that fade like ink, taps as points of light, glowing heads, and
 * notes as a roll, so that it looks as the program's window does (`app/pictures/live`).
 *
 * Light of the window is a sum that film answers to; here it is the sum of what is seen, eight bits of it: the
 * root of the light. A line is a row of spots nearer to each other than they are wide.
 * @module paint
 */

import { Brush, lightAt, pressed } from "./brush.js";
import { GrowingCurve } from "./curve.js";
import { FadingCanvas } from "./fading_canvas.js";
import { head, makeCanvas, SPOT_SIGMAS, spot } from "./light_sprites.js";
import { Roll } from "./roll.js";

/** @typedef {import("./light_sprites.js").Colour} Colour */
/** @typedef {"player" | "ghost"} Source */
/**
 * @typedef {object} Pen  one stroke that goes on
 * @property {Source} source
 * @property {Colour} colour
 * @property {number} x fraction of the canvas
 * @property {number} y
 * @property {Brush} brush
 * @property {GrowingCurve} curve  in pixels of the ink
 * @property {number} spareInk  way since the last spot of ink
 * @property {number} spareHaze
 * @property {boolean} moved
 */
/** @typedef {{colour: Colour, x: number, y: number, timeS: number, held: boolean, glow: number, source: Source}} Head */

const MOST_RATIO = 2; // device pixels to a CSS pixel that are drawn at most
const INK_SIGMA_PX = 2; // half width of a line in pixels of the ink that is fine enough
const HAZE_STEP = 6; // pixels of ink to one of haze, across
const ROOT_TAU = Math.sqrt(2 * Math.PI);
const EVERY = 1; // standard deviations from one spot of a line to the next

export class Painter {
  /**
   * @param {HTMLCanvasElement} canvas  which fills its place by style sheets; its pixels are the painter's
   * @param {any} facts  what `web_facts` tells
   */
  constructor(canvas, facts) {
    this.canvas = canvas;
    this.facts = facts;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    const strokes = facts.style.strokes;
    // What is seen is the root of the light, and so fades half as fast.
    this.ink = new FadingCanvas(2 * strokes.ink_decay_s, 4, 4);
    this.haze = new FadingCanvas(2 * strokes.haze_decay_s, 8, 2);
    this.roll = new Roll(facts);
    /** @type {Map<any, Pen>} */
    this.pens = new Map();
    /** @type {Map<any, Head>} */
    this.heads = new Map();
    /** Whether what the player draws stays faintly until `releaseKept`. */
    this.keeps = false;
    this.hasKept = false;
    this.kept = makeCanvas(1, 1);
    /** @type {Map<string, HTMLCanvasElement>} */
    this.sprites = new Map();
    this.lastS = NaN;
    this.isStill = false;
    this.resize();
  }

  /** The canvas has another size. What glows is stretched along. */
  resize() {
    const box = this.canvas.getBoundingClientRect();
    const [width, height] = [Math.max(1, box.width), Math.max(1, box.height)];
    const ratio = Math.min(MOST_RATIO, window.devicePixelRatio || 1);
    const style = this.facts.style;
    // Small canvases keep lines this thick, or they would vanish.
    const unit = Math.max(style.smallest_unit, Math.sqrt((width * height) / style.reference_area_px));
    const sigma = Math.SQRT2 * style.line_sigma_px * unit;
    const scale = Math.min(ratio, Math.max(ratio / 2, INK_SIGMA_PX / sigma));
    this.width = Math.round(width * ratio);
    this.height = Math.round(height * ratio);
    if (this.canvas.width !== this.width || this.canvas.height !== this.height) {
      this.canvas.width = this.width;
      this.canvas.height = this.height;
    }
    this.inkSigma = sigma * scale; // of a line of width 1
    this.ink.resize(width * scale, height * scale);
    this.haze.resize((width * scale) / HAZE_STEP, (height * scale) / HAZE_STEP);
    // The height of a canvas of the usual shape with this area: what the window's lengths are fractions of.
    this.usualInk = (unit * style.reference_height_px) * scale;
    this.usualPx = unit * style.reference_height_px * ratio;
    this.heightInk = Math.sqrt((width * height) / 1.6) * scale;
    const kept = makeCanvas(this.ink.canvas.width, this.ink.canvas.height);
    const context = /** @type {CanvasRenderingContext2D} */ (kept.getContext("2d", { alpha: false }));
    if (this.hasKept) context.drawImage(this.kept, 0, 0, kept.width, kept.height);
    this.kept = kept;
    this.keptContext = context;
    this.sprites.clear();
    this.background = this.makeBackground();
    for (const pen of this.pens.values()) {
      pen.curve = this.makeCurve(pen.x, pen.y, pen.brush.width);
    }
    this.roll.resize(this.width, this.height, ratio * unit);
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
    const timeS = timeMs / 1000;
    const px = x * this.ink.canvas.width;
    const py = y * this.ink.canvas.height;
    const { brush: brushFacts } = this.facts.style;
    let pen = this.pens.get(key);
    if (!pen || !moving) {
      this.end(key);
      const brush = new Brush(brushFacts);
      brush.move(px / this.heightInk, py / this.heightInk, timeS, pressure);
      const curve = this.makeCurve(x, y, brush.width);
      pen = { source, colour: this.colourOf(source, colour), x, y, brush, curve, spareInk: 0, spareHaze: 0, moved: false };
      this.pens.set(key, pen);
      const style = this.facts.style;
      this.spot(pen, px, py, style.start_light * pressed(brushFacts, pressure), style.start_sigma_px);
      this.hazeSpot(pen.colour, px, py, Math.sqrt(style.strokes.start_haze), 1.6);
    } else {
      pen.x = x;
      pen.y = y;
      const width = pen.brush.move(px / this.heightInk, py / this.heightInk, timeS, pressure);
      const before = pen.curve.points.length;
      pen.curve.add(px, py, width);
      pen.moved ||= pen.curve.points.length > before;
    }
    this.heads.set(key, { colour: pen.colour, x, y, timeS, held: true, glow: 1, source });
    this.isStill = false;
  }

  /** A voice ended. @param {any} key @param {number} timeMs */
  release(key, timeMs) {
    if (this.roll.release(key, timeMs / 1000)) {
      this.isStill = false;
      return;
    }
    const pen = this.pens.get(key);
    if (pen) {
      const { style } = this.facts;
      this.end(key);
      const { x, y } = pen.curve.last;
      if (pen.moved) this.spot(pen, x, y, style.strokes.end_light, style.start_sigma_px);
      else this.spot(pen, x, y, style.tap_light, style.tap_sigma_px);
    }
    const head = this.heads.get(key);
    if (head) head.held = false;
    this.isStill = false;
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
    if (!this.hasKept) return;
    this.hasKept = false;
    this.ink.context.globalAlpha = 1;
    this.ink.context.globalCompositeOperation = "lighten";
    this.ink.context.drawImage(this.kept, 0, 0);
    this.ink.context.globalCompositeOperation = "lighter";
    this.ink.lit(1);
    this.keptContext.fillStyle = "#000";
    this.keptContext.globalCompositeOperation = "source-over";
    this.keptContext.fillRect(0, 0, this.kept.width, this.kept.height);
    this.isStill = false;
  }

  /** Dark at once; voices that are down go on. */
  clear() {
    this.ink.clear();
    this.haze.clear();
    this.roll.clear();
    this.releaseKept();
    this.ink.clear();
    for (const [key, one] of this.heads) if (!this.pens.has(key)) one.held = false;
    this.isStill = false;
  }

  /**
   * Draw one frame; nothing where nothing changed. Returns whether anything moves.
   * @param {number} nowMs  of the clock of `touch`
   */
  frame(nowMs) {
    const nowS = nowMs / 1000;
    const elapsedS = Number.isNaN(this.lastS) ? 0 : Math.min(0.1, Math.max(0, nowS - this.lastS));
    this.lastS = nowS;
    if (this.isStill) return false;
    this.ink.fade(elapsedS);
    this.haze.fade(elapsedS);
    for (const pen of this.pens.values()) this.lay(pen, false);
    this.fadeHeads(elapsedS, nowS);
    this.compose(nowS);
    this.isStill = this.ink.isDark && this.haze.isDark && !this.heads.size && this.roll.isDark(nowS);
    return !this.isStill;
  }

  /** @param {number} nowS */
  compose(nowS) {
    const { context, width, height } = this;
    context.globalAlpha = 1;
    context.globalCompositeOperation = "source-over";
    context.drawImage(this.background, 0, 0, width, height);
    context.globalCompositeOperation = "lighter";
    if (!this.haze.isDark) context.drawImage(this.haze.canvas, 0, 0, width, height);
    if (!this.ink.isDark) context.drawImage(this.ink.canvas, 0, 0, width, height);
    if (this.hasKept) {
      context.globalCompositeOperation = "lighten";
      context.drawImage(this.kept, 0, 0, width, height);
      context.globalCompositeOperation = "lighter";
    }
    const scale = width / this.ink.canvas.width;
    for (const pen of this.pens.values()) this.drawTip(pen, scale);
    this.roll.draw(context, nowS);
    for (const one of this.heads.values()) {
      const sprite = this.sprite("head", one.colour, () => head(one.colour, this.usualPx, this.facts.style.heads));
      context.globalAlpha = Math.min(1, one.glow);
      context.drawImage(sprite, one.x * width - sprite.width / 2, one.y * height - sprite.height / 2);
    }
    context.globalAlpha = 1;
  }

  /** @param {number} elapsedS @param {number} nowS */
  fadeHeads(elapsedS, nowS) {
    const { head_fade_s, ghost_hold_s } = this.facts.style.strokes;
    for (const [key, one] of this.heads) {
      const isLost = one.source === "ghost" && nowS - one.timeS > ghost_hold_s;
      if (one.held && !isLost) continue;
      one.glow -= elapsedS / head_fade_s;
      if (one.glow <= 0) {
        this.heads.delete(key);
        this.pens.delete(key);
      }
    }
  }

  /** @param {any} key */
  end(key) {
    const pen = this.pens.get(key);
    if (pen) this.lay(pen, true);
    this.pens.delete(key);
  }

  /** Ink and haze where the brush came and nothing bends any more. @param {Pen} pen @param {boolean} ends */
  lay(pen, ends) {
    const { strokes, brush } = this.facts.style;
    const share = Math.sqrt(strokes.haze_strength * lightAt(brush, pen.brush.width));
    const hazeStep = EVERY * Math.SQRT2 * strokes.haze_sigma * this.usualInk;
    const keeps = this.keeps && pen.source === "player";
    let [x0, y0, w0] = [0, 0, 0];
    pen.curve.grow((x, y, width, begins) => {
      if (!begins) {
        this.line(pen, x0, y0, w0, x, y, width, keeps);
        pen.spareHaze += Math.hypot(x - x0, y - y0);
        if (pen.spareHaze >= hazeStep) {
          pen.spareHaze %= hazeStep;
          this.hazeSpot(pen.colour, x, y, (share * EVERY) / ROOT_TAU, 1);
        }
      }
      [x0, y0, w0] = [x, y, width];
    }, ends);
  }

  /**
   * Spots of ink along a straight piece.
   * @param {Pen} pen @param {number} x0 @param {number} y0 @param {number} w0
   * @param {number} x1 @param {number} y1 @param {number} w1 @param {boolean} keeps
   */
  line(pen, x0, y0, w0, x1, y1, w1, keeps) {
    const length = Math.hypot(x1 - x0, y1 - y0);
    const width = Math.max(0.05, (w0 + w1) / 2);
    const sigma = this.inkSigma * width;
    const step = EVERY * sigma;
    const seen = Math.sqrt(lightAt(this.facts.style.brush, width));
    let at = step - pen.spareInk;
    while (at <= length) {
      const part = at / length;
      this.dab(pen.colour, x0 + part * (x1 - x0), y0 + part * (y1 - y0), sigma, (seen * EVERY) / ROOT_TAU);
      if (keeps) this.keepDab(pen.colour, x0 + part * (x1 - x0), y0 + part * (y1 - y0), sigma);
      at += step;
    }
    pen.spareInk = length - (at - step);
  }

  /** @param {Colour} colour @param {number} x @param {number} y @param {number} sigma @param {number} seen */
  dab(colour, x, y, sigma, seen) {
    const reach = SPOT_SIGMAS * sigma;
    this.ink.context.globalAlpha = Math.min(1, seen);
    this.ink.context.drawImage(this.sprite("spot", colour, () => spot(colour)), x - reach, y - reach, 2 * reach, 2 * reach);
    this.ink.lit(seen * 2 * Math.PI * sigma * sigma);
  }

  /** @param {Colour} colour @param {number} x @param {number} y @param {number} sigma */
  keepDab(colour, x, y, sigma) {
    const reach = SPOT_SIGMAS * sigma;
    const share = Math.sqrt(this.facts.style.keeping.kept);
    this.keptContext.globalCompositeOperation = "lighten";
    const sprite = this.sprite("kept", colour, () => spot(colour, share));
    this.keptContext.drawImage(sprite, x - reach, y - reach, 2 * reach, 2 * reach);
    this.hasKept = true;
  }

  /** A spot of ink. @param {Pen} pen @param {number} x @param {number} y @param {number} light @param {number} sigmaPx */
  spot(pen, x, y, light, sigmaPx) {
    const sigma = Math.SQRT2 * (sigmaPx / this.facts.style.reference_height_px) * this.usualInk;
    let seen = Math.sqrt(light);
    for (; seen > 1; seen -= 1) this.dab(pen.colour, x, y, sigma, 1);
    this.dab(pen.colour, x, y, sigma, seen);
    if (this.keeps && pen.source === "player") this.keepDab(pen.colour, x, y, sigma);
  }

  /** @param {Colour} colour @param {number} x  of the ink @param {number} y @param {number} seen @param {number} times */
  hazeSpot(colour, x, y, seen, times) {
    const across = this.haze.canvas.width / this.ink.canvas.width;
    const sigma = times * Math.SQRT2 * this.facts.style.strokes.haze_sigma * this.usualInk * across;
    const reach = SPOT_SIGMAS * sigma;
    this.haze.context.globalAlpha = Math.min(1, seen);
    const sprite = this.sprite("spot", colour, () => spot(colour));
    this.haze.context.drawImage(sprite, x * across - reach, y * across - reach, 2 * reach, 2 * reach);
    this.haze.lit(seen * 2 * Math.PI * sigma * sigma);
  }

  /** What the next event may still bend, on the picture alone. @param {Pen} pen @param {number} scale */
  drawTip(pen, scale) {
    const { context } = this;
    const sprite = this.sprite("spot", pen.colour, () => spot(pen.colour));
    let [x0, y0, spare] = [0, 0, pen.spareInk];
    pen.curve.tip((x, y, width, begins) => {
      if (!begins) {
        const length = Math.hypot(x - x0, y - y0);
        const sigma = this.inkSigma * Math.max(0.05, width);
        const reach = SPOT_SIGMAS * sigma * scale;
        const step = EVERY * sigma;
        context.globalAlpha = Math.min(1, (Math.sqrt(lightAt(this.facts.style.brush, width)) * EVERY) / ROOT_TAU);
        let at = step - spare;
        for (; at <= length; at += step) {
          const px = (x0 + (at / length) * (x - x0)) * scale;
          const py = (y0 + (at / length) * (y - y0)) * scale;
          context.drawImage(sprite, px - reach, py - reach, 2 * reach, 2 * reach);
        }
        spare = length - (at - step);
      }
      [x0, y0] = [x, y];
    });
  }

  /** @param {number} x @param {number} y @param {number} width */
  makeCurve(x, y, width) {
    const { canvas } = this.ink;
    return new GrowingCurve({ x: x * canvas.width, y: y * canvas.height, width }, this.facts.style.jitter * this.heightInk);
  }

  /** @param {Source} source @param {number | Colour} colour @returns {Colour} */
  colourOf(source, colour) {
    if (typeof colour !== "number") return colour;
    const colours = this.facts.palette[source];
    return colours[colour % colours.length];
  }

  /** @param {string} kind @param {Colour} colour @param {() => HTMLCanvasElement} make */
  sprite(kind, colour, make) {
    const name = kind + colour;
    let sprite = this.sprites.get(name);
    if (!sprite) this.sprites.set(name, (sprite = make()));
    return sprite;
  }

  /** The empty canvas: calm, a little darker towards the corners. */
  makeBackground() {
    const canvas = makeCanvas(this.width / 4, this.height / 4);
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
