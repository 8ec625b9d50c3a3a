// @ts-check
/**
 * A layer of thin, fading light over the paper: the ghost's futures, or its mixture: `futures_overlay.py` and
 * `splat.py`. What is added fades within a fraction of a second, so a fan that is new with every frame does not
 * flicker: where many futures agree it is bright. Light is one number a pixel, coarser than the screen's.
 */
import { facts } from "./facts.js";

export class FuturesOverlay {
  /**
   * @param {number} width of the area it lies over, pixels of the paper's picture
   * @param {number} height
   * @param {{left: number, top: number, side: number}} paper in that area; light beyond fades towards the edge
   */
  constructor(width, height, paper) {
    const { grain, least_step } = facts.splat;
    this.step = Math.max(least_step, Math.round(grain * paper.side));
    this.paper = paper;
    [this.areaWidth, this.areaHeight] = [width, height];
    this.width = Math.max(2, Math.floor(width / this.step));
    this.height = Math.max(2, Math.floor(height / this.step));
    this.light = new Float32Array(this.width * this.height);
    this.fadeS = facts.futures_overlay.fade_s;
    this.isDark = true;
    this.table = colours();
    this.pixels = new Uint8ClampedArray(4 * this.width * this.height);
  }

  /** Let time pass. @param {number} elapsedS */
  fade(elapsedS) {
    if (this.isDark) return;
    const share = Math.exp(-elapsedS / this.fadeS), { light } = this;
    let most = 0;
    for (let i = 0; i < light.length; i++) {
      light[i] *= share;
      if (light[i] > most) most = light[i];
    }
    if (most > facts.futures_overlay.dark) return;
    light.fill(0);
    this.isDark = true;
  }

  /**
   * Light that is as bright as it says if it comes again every `lastsS`.
   * @param {number[][]} segments of `light_segments.js`, pixels of the area
   * @param {number} lastsS
   */
  add(segments, lastsS) {
    const { line, most_dots, dark } = facts.splat, gain = 1 - Math.exp(-lastsS / this.fadeS);
    for (const [x0, y0, x1, y1, light0, light1] of segments) {
      if (Math.max(light0, light1) < dark) continue;
      const [x, y] = [x0 / this.step, y0 / this.step], [dx, dy] = [(x1 - x0) / this.step, (y1 - y0) / this.step];
      const length = Math.hypot(dx, dy), n = Math.min(Math.ceil(length / line), most_dots);
      // Short pieces have their dots nearer to each other; their light is as much less.
      const share = (gain * length) / (line * Math.max(n, 1));
      for (let i = 0; i < n; i++) {
        const at = (i + 0.5) / n;
        this.#dot(x + at * dx, y + at * dy, share * (light0 + at * (light1 - light0)));
      }
    }
  }

  /** Add a dot to the four pixels around it. */
  #dot(/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ light) {
    const { width, height } = this;
    if (!(x >= 1 && x < width - 2 && y >= 1 && y < height - 2)) return;
    const { left, top, side } = this.paper, { step } = this;
    light *= dimmed(x, left / step, (this.areaWidth - left - side) / step, width);
    light *= dimmed(y, top / step, (this.areaHeight - top - side) / step, height);
    const column = Math.floor(x), row = Math.floor(y), at = row * width + column;
    const right = x - column, below = y - row;
    this.light[at] += light * (1 - right) * (1 - below);
    this.light[at + 1] += light * right * (1 - below);
    this.light[at + width] += light * (1 - right) * below;
    this.light[at + width + 1] += light * right * below;
    this.isDark = false;
  }

  /**
   * How the light looks, as small pixels to be added to the picture; dimmed where `isInked` says so.
   * @param {(x: number, y: number) => boolean} isInked of a pixel of the area
   * @returns {Uint8ClampedArray} rows of red, green, blue, alpha, `width * height`
   */
  develop(isInked) {
    const { levels, most, under_ink } = facts.futures_overlay, { light, pixels, table, width, step } = this;
    const words = new Uint32Array(pixels.buffer);
    for (let i = 0; i < light.length; i++) {
      let level = light[i];
      if (level > 0 && isInked((i % width) * step, Math.floor(i / width) * step)) level *= under_ink;
      words[i] = table[Math.min(levels - 1, Math.floor((level * levels) / most))];
    }
    return pixels;
  }
}

/** What is left of light less than `before` from 0 or `after` from `size`: nothing at the edge. */
function dimmed(/** @type {number} */ place, /** @type {number} */ before, /** @type {number} */ after, /** @type {number} */ size) {
  if (place >= before && place <= size - after) return 1;
  const share = Math.min(Math.max(Math.min(place / Math.max(1, before), (size - place) / Math.max(1, after)), 0), 1);
  return share * share * (3 - 2 * share);
}

/** What light looks like, as pixels: from the mixture's colour to the ghost's to white. */
function colours() {
  const { levels, most } = facts.futures_overlay, bright = facts.palette.ghost[0], faint = facts.palette.mixture;
  const table = new Uint32Array(levels), bytes = new Uint8ClampedArray(table.buffer);
  for (let i = 0; i < levels; i++) {
    const level = (i / levels) * most;
    for (let channel = 0; channel < 3; channel++) {
      const hot = bright[channel] + (255 - bright[channel]) * 0.6;
      const hue = level < 0.6 ? faint[channel] + (bright[channel] - faint[channel]) * (level / 0.6)
        : bright[channel] + (hot - bright[channel]) * Math.min((level - 0.6) / 1.9, 1);
      bytes[4 * i + channel] = hue * (1 - Math.exp(-0.9 * level));
    }
    bytes[4 * i + 3] = 255;
  }
  return table;
}
