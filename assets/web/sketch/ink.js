// @ts-check
/**
 * Ink: what a brush with round ends covers, with a smooth edge, and a soft light around it: `app/pictures/ink.py`.
 *
 * A stroke is a chain of round cones. For each of the two hands a field keeps every pixel's distance to the
 * nearest ink, so crossings melt into each other and a stroke that goes on costs only its new piece.
 */
import { facts, GHOST, PLAYER } from "./facts.js";

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box right and bottom are outside */
/** @typedef {{data: Float32Array, width: number, height: number}} Field */

const FAR = 1e4;

export class Ink {
  /**
   * @param {Uint8ClampedArray} ground what lies under it, rows of red, green, blue, alpha; not changed
   * @param {number} width pixels
   * @param {number} height
   * @param {number} side of the canvas in pixels, which decides how broad ink is
   */
  constructor(ground, width, height, side) {
    [this.ground, this.width, this.height, this.side] = [ground, width, height, side];
    /** What looks different since it was last set to null. @type {Box | null} */
    this.changed = null;
    /** @type {Map<string, Field>} */
    this.near = new Map();
    /** @type {Map<string, Field>} */
    this.halo = new Map();
  }

  /** Pixels of a brush of this width, 1 is usual. @param {number} width */
  radius(width) {
    return Math.max(facts.ink.least_radius_px, facts.ink.radius * this.side * width);
  }

  /**
   * Ink along a stroke.
   * @param {string} source who draws it
   * @param {number[][]} places x and y in pixels and the width of the brush, between which it is straight; one is a dot
   */
  lay(source, places) {
    const { coarse, reach, halo } = facts.ink, far = reach * halo * this.side;
    const near = this.#field(this.near, source, this.width, this.height);
    const light = this.#field(this.halo, source, Math.floor(this.width / coarse) + 2, Math.floor(this.height / coarse) + 2);
    const ends = places.map(([x, y, width]) => [x, y, this.radius(width)]);
    const small = ends.map(([x, y, r]) => [(x + 0.5) / coarse - 0.5, (y + 0.5) / coarse - 0.5, r / coarse]);
    for (let i = 0; i === 0 || i + 1 < ends.length; i++) {
      const j = Math.min(i + 1, ends.length - 1);
      comeNear(near, ends[i], ends[j], Math.max(ends[i][2], ends[j][2]) + 2);
      comeNear(light, small[i], small[j], far / coarse);
    }
    const xs = places.map((place) => place[0]), ys = places.map((place) => place[1]), margin = far + coarse;
    this.#change({
      left: Math.max(0, Math.floor(Math.min(...xs) - margin)), top: Math.max(0, Math.floor(Math.min(...ys) - margin)),
      right: Math.min(this.width, Math.ceil(Math.max(...xs) + margin) + 1),
      bottom: Math.min(this.height, Math.ceil(Math.max(...ys) + margin) + 1),
    });
  }

  /**
   * How it looks in `box`, into rows of `width * 4` bytes of the whole picture.
   * @param {Uint8ClampedArray} target
   * @param {Box} box
   */
  develop(target, box) {
    const { width } = this, wide = box.right - box.left, tall = box.bottom - box.top;
    if (wide <= 0 || tall <= 0) return;
    const lights = [...this.near.keys()].map((source) => ({ colour: colourOf(source), light: this.#lightAround(source, box) }));
    const inks = [PLAYER, GHOST].filter((source) => this.near.has(source))
      .map((source) => ({ colour: colourOf(source), near: /** @type {Field} */ (this.near.get(source)).data }));
    const deepest = -facts.ink.radius * this.side, { sheen } = facts.ink;
    for (let y = box.top; y < box.bottom; y++) {
      for (let x = box.left; x < box.right; x++) {
        const pixel = y * width + x, at = 4 * pixel;
        let red = this.ground[at], green = this.ground[at + 1], blue = this.ground[at + 2];
        for (const { colour, light } of lights) {
          const share = light[(y - box.top) * wide + x - box.left];
          red += share * colour[0];
          green += share * colour[1];
          blue += share * colour[2];
        }
        for (const { colour, near } of inks) {
          const away = near[pixel];
          if (away >= 0.5) continue;
          const cover = Math.min(0.5 - away, 1), white = sheen * Math.min(Math.max(away / deepest, 0), 1);
          red += (colour[0] + (255 - colour[0]) * white - red) * cover;
          green += (colour[1] + (255 - colour[1]) * white - green) * cover;
          blue += (colour[2] + (255 - colour[2]) * white - blue) * cover;
        }
        target[at] = Math.floor(red);
        target[at + 1] = Math.floor(green);
        target[at + 2] = Math.floor(blue);
        target[at + 3] = 255;
      }
    }
  }

  /** Whether there is ink in the middle of this pixel. @param {number} x @param {number} y */
  isInked(x, y) {
    for (const field of this.near.values()) if (field.data[y * this.width + x] < 0) return true;
    return false;
  }

  /** The halo in `box`: coarse light, between its pixels. @returns {Float32Array} rows of the box */
  #lightAround(/** @type {string} */ source, /** @type {Box} */ box) {
    const { coarse, halo, halo_light, reach } = facts.ink, far = /** @type {Field} */ (this.halo.get(source));
    const wide = box.right - box.left, found = new Float32Array(wide * (box.bottom - box.top));
    const at = (/** @type {number} */ pixel) => (pixel + 0.5) / coarse - 0.5;
    const left = Math.max(0, Math.floor(at(box.left))), top = Math.max(0, Math.floor(at(box.top)));
    const right = Math.min(far.width, Math.ceil(at(box.right - 1)) + 2), bottom = Math.min(far.height, Math.ceil(at(box.bottom - 1)) + 2);
    const columns = right - left, light = new Float32Array(columns * (bottom - top));
    const scale = coarse / (halo * this.side), most = halo_light[source];
    let isDark = true;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const away = Math.max(far.data[y * far.width + x], 0) * scale;
        if (away >= reach) continue;
        // So that it ends at nothing where it is no longer worked out.
        light[(y - top) * columns + x - left] = most * Math.exp(-away) * Math.min((reach - away) / 1.2, 1);
        isDark = false;
      }
    }
    if (isDark) return found;
    for (let y = box.top; y < box.bottom; y++) {
      const row = Math.max(at(y) - top, 0), up = Math.min(Math.floor(row), bottom - top - 1);
      const down = Math.min(up + 1, bottom - top - 1), share = Math.min(row - up, 1);
      for (let x = box.left; x < box.right; x++) {
        const column = Math.max(at(x) - left, 0), one = Math.min(Math.floor(column), columns - 1);
        const other = Math.min(one + 1, columns - 1), part = Math.min(column - one, 1);
        const above = light[up * columns + one] + (light[up * columns + other] - light[up * columns + one]) * part;
        const below = light[down * columns + one] + (light[down * columns + other] - light[down * columns + one]) * part;
        found[(y - box.top) * wide + x - box.left] = above + (below - above) * share;
      }
    }
    return found;
  }

  #field(/** @type {Map<string, Field>} */ fields, /** @type {string} */ source, /** @type {number} */ width, /** @type {number} */ height) {
    let field = fields.get(source);
    if (!field) fields.set(source, (field = { data: new Float32Array(width * height).fill(FAR), width, height }));
    return field;
  }

  #change(/** @type {Box} */ box) {
    const old = this.changed;
    this.changed = old === null ? box : {
      left: Math.min(old.left, box.left), top: Math.min(old.top, box.top),
      right: Math.max(old.right, box.right), bottom: Math.max(old.bottom, box.bottom),
    };
  }
}

/** The colour of a source's ink. @param {string} source @returns {number[]} red, green, blue */
export function colourOf(source) {
  return facts.palette[source][0];
}

/** Bring the distances in `field` down to those of a round cone from a to b, each x, y, radius. */
function comeNear(/** @type {Field} */ field, /** @type {number[]} */ a, /** @type {number[]} */ b, /** @type {number} */ margin) {
  const { data, width, height } = field;
  const left = Math.max(0, Math.floor(Math.min(a[0], b[0]) - margin)), right = Math.min(width, Math.ceil(Math.max(a[0], b[0]) + margin) + 1);
  const top = Math.max(0, Math.floor(Math.min(a[1], b[1]) - margin)), bottom = Math.min(height, Math.ceil(Math.max(a[1], b[1]) + margin) + 1);
  const alongX = b[0] - a[0], alongY = b[1] - a[1], length2 = alongX * alongX + alongY * alongY;
  const isDot = length2 < 1e-6, radius = isDot ? Math.max(a[2], b[2]) : a[2], growth = b[2] - a[2];
  for (let row = top; row < bottom; row++) {
    const y = row - a[1];
    for (let column = left, at = row * width + left; column < right; column++, at++) {
      const x = column - a[0];
      let away;
      if (isDot) {
        away = Math.sqrt(x * x + y * y) - radius;
      } else {
        const share = Math.min(Math.max((x * alongX + y * alongY) / length2, 0), 1);
        const across = x - share * alongX, down = y - share * alongY;
        away = Math.sqrt(across * across + down * down) - radius - share * growth;
      }
      if (away < data[at]) data[at] = away;
    }
  }
}
