// @ts-check
/** The strokes of a page as they are drawn: `ink.js` in a picture: `stroke_raster.py`. */
import { GrowingCurve } from "../shared/curves.js";
import { facts } from "./facts.js";
import { Ink } from "./ink.js";

/** @import { Mark } from "./paper_strokes.js" */
/** @typedef {{curve: GrowingCurve, nDrawn: number, isOpen: boolean, tail: number[][]}} Line how far a stroke is drawn */

/** Ink on a ground. */
export class StrokeRaster {
  /**
   * @param {Uint8ClampedArray} ground rows of red, green, blue, alpha; not changed
   * @param {number} width pixels
   * @param {number} height
   * @param {number} side the paper's side in pixels, which decides how broad ink is
   */
  constructor(ground, width, height, side) {
    this.side = side;
    this.ink = new Ink(ground, width, height, side);
    /** How it looks, after `develop`. */
    this.pixels = Uint8ClampedArray.from(ground);
    /** @type {WeakMap<Mark, Line>} */
    this.lines = new WeakMap();
  }

  /**
   * Draw what is new of strokes.
   * @param {Mark[]} marks strokes in model units
   * @param {number} left where their (0, 0) is, pixels
   * @param {number} top
   * @param {number} scale pixels to a unit
   */
  draw(marks, left, top, scale) {
    for (const mark of marks) {
      const line = this.lines.get(mark);
      if (!line || line.nDrawn < mark.ink.length || line.isOpen !== mark.isOpen) this.#stroke(mark, left, top, scale);
    }
  }

  /** Discs x, y, radius for the tip of a stroke that goes on: its next place may bend it. @param {Mark} mark */
  tail(mark) {
    return this.lines.get(mark)?.tail ?? [];
  }

  /** Bring `pixels` up to date where ink was added. @returns {import("./ink.js").Box | null} where that was */
  develop() {
    const area = this.ink.changed;
    this.ink.changed = null;
    if (area) this.ink.develop(this.pixels, area);
    return area;
  }

  #stroke(/** @type {Mark} */ mark, /** @type {number} */ left, /** @type {number} */ top, /** @type {number} */ scale) {
    if (!mark.ink.length) return;
    const place = (/** @type {import("./paper_strokes.js").Sample} */ one) => [left + one.x * scale, top + one.y * scale, one.width];
    let line = this.lines.get(mark);
    if (!line) {
      const first = place(mark.ink[0]);
      line = { curve: new GrowingCurve(facts.curves, first), nDrawn: 1, isOpen: true, tail: [] };
      this.lines.set(mark, line);
      this.ink.lay(mark.source, [first]);
    }
    const { curve } = line, { step_px, flatness_px, longest_px } = facts.stroke_raster;
    let here = curve.last;
    for (const sample of mark.ink.slice(line.nDrawn)) {
      here = place(sample);
      if (Math.hypot(here[0] - curve.last[0], here[1] - curve.last[1]) >= step_px) curve.add(here);
    }
    [line.nDrawn, line.isOpen] = [mark.ink.length, mark.isOpen];
    if (!mark.isOpen) curve.add(here);
    const { stays, tip } = curve.grow(facts.style.jitter * this.side, flatness_px, longest_px, !mark.isOpen);
    if (stays.length) this.ink.lay(mark.source, stays);
    line.tail = tip.length ? this.#discs([...tip, here]) : [];
  }

  /** Discs along places of the brush, but for the first, where ink ends. */
  #discs(/** @type {number[][]} */ places) {
    const { disc_px, most_discs } = facts.stroke_raster, found = [];
    for (let i = 1; i < places.length && found.length < most_discs; i++) {
      const [a, b] = [places[i - 1], places[i]];
      const n = Math.max(1, Math.ceil(Math.hypot(b[0] - a[0], b[1] - a[1]) / disc_px));
      for (let k = 1; k <= n && found.length < most_discs; k++) {
        const [x, y, width] = a.map((value, axis) => value + (k / n) * (b[axis] - value));
        found.push([x, y, this.ink.radius(width)]);
      }
    }
    return found;
  }
}
