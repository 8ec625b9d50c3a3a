// @ts-check
/** What lies under the ink: the calm ground, the square of practice paper and its dashed cross: `canvas.py`, `guide.py`. */
import { css } from "../shared/style.js";
import { facts } from "../sketch/facts.js";

/** The colour `share` of the way from one to another. @param {number[]} one @param {number[]} other @param {number} share */
export function mix(one, other, share) {
  return one.map((value, i) => Math.round(value + (other[i] - value) * share));
}

/**
 * The square of practice paper.
 * @param {CanvasRenderingContext2D} context
 * @param {{left: number, top: number, side: number}} paper pixels
 * @param {number} unit pixels to a unit of the window's measures
 */
export function drawPaper(context, paper, unit) {
  const { background, faint, panel } = facts.palette, { round, line } = facts.guide, thick = Math.max(1, Math.round(line * unit));
  context.fillStyle = css(mix(background, faint, 0.9));
  rounded(context, paper.left, paper.top, paper.side, round * unit);
  context.fillStyle = css(mix(background, panel, 0.5));
  rounded(context, paper.left + thick, paper.top + thick, paper.side - 2 * thick, round * unit);
  drawCross(context, paper, unit, 0);
}

/**
 * The dashed cross through the middle of the paper: clear (1) on an empty one, faint (0) under a drawing.
 * @param {CanvasRenderingContext2D} context
 * @param {{left: number, top: number, side: number}} paper
 * @param {number} unit
 * @param {number} clearness
 */
export function drawCross(context, paper, unit, clearness) {
  const { background, faint, dim } = facts.palette, { line, dash, faint: share, clear } = facts.guide;
  const low = mix(background, faint, share), thick = Math.max(1, Math.round(line * unit));
  context.fillStyle = css(mix(low, mix(faint, dim, clear), clearness));
  const n = Math.max(1, Math.round((paper.side / (dash * unit) - 1) / 4)); // dashes between the middle and an edge
  const period = paper.side / (2 * n + 1), long = 2 * Math.max(1, Math.round(period / 4)) + (paper.side % 2);
  const across = (paper.side - thick) / 2;
  for (let number = -n; number <= n; number++) {
    const along = Math.floor((paper.side - long) / 2) + Math.trunc(number * period);
    context.fillRect(paper.left + along, paper.top + across, long, thick);
    context.fillRect(paper.left + across, paper.top + along, thick, long);
  }
}

/**
 * A rounded square, filled.
 * @param {CanvasRenderingContext2D} context
 * @param {number} left
 * @param {number} top
 * @param {number} side
 * @param {number} radius
 */
export function rounded(context, left, top, side, radius) {
  context.beginPath();
  context.roundRect(left, top, side, side, radius);
  context.fill();
}
