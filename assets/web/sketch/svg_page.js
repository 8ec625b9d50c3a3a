// @ts-check
/**
 * A page as an SVG drawing, a path a stroke, which `ghostjam draw` opens again: `app/pictures/page/svg.py`, with
 * the layout of a page of one drawing (`page/layout.py`) and its curves (`page/ink_strokes.py`).
 */
import * as curves from "../shared/curves.js";
import { facts, PLAYER } from "./facts.js";
import { simplify } from "./strokes.js";
import { colourCode, head, number, pathData } from "./svg_words.js";

/** @import { Page } from "./paper_strokes.js" */
/** @typedef {{size: number, side: number, left: number, top: number}} Layout pixels; the canvas may be larger than its cell */

/**
 * Where the drawing lies on a page of its own.
 * @param {Page} page
 * @param {number} box side of its paper, model units
 * @returns {Layout}
 */
export function layOut(page, box) {
  const { margin, width_px: width, fill, closest } = facts.layout;
  const low = [Infinity, Infinity], high = [-Infinity, -Infinity];
  for (const { x, y } of page.marks.flatMap((mark) => mark.ink)) {
    [x, y].forEach((value, axis) => {
      low[axis] = Math.min(low[axis], Math.fround(value / box));
      high[axis] = Math.max(high[axis], Math.fround(value / box));
    });
  }
  const span = Math.max(high[0] - low[0], high[1] - low[1]);
  const side = (width - 2 * margin * width) / Math.max(span / fill, 1 / closest);
  const [left, top] = [0, 1].map((axis) => width / 2 - ((low[axis] + high[axis]) / 2) * side);
  return { size: width, side, left, top };
}

/**
 * The whole file.
 * @param {Page} page with at least one stroke
 * @param {number} box side of its paper, model units
 * @param {string} title
 * @returns {string}
 */
export function svgText(page, box, title) {
  const { palette, words } = facts, { size, side, left, top } = layOut(page, box);
  const [player, ghost] = [palette.player[0], palette.ghost[0]].map(colourCode);
  const lines = [
    ...head([size, size], title, words.saved, palette.background),
    `  <g id="drawings" fill="none" stroke="${ghost}" stroke-linecap="round" stroke-linejoin="round">`,
    `    <g id="drawing-1" data-canvas="${number(left)} ${number(top)} ${side.toFixed(4)}">`,
  ];
  for (const mark of page.marks.filter((one) => one.ink.length)) {
    const places = mark.drawn().map((value) => value / box);
    const through = pairs(simplify(places, facts.ink_strokes.fine), left, top, side);
    const bends = curves.beziers(facts.curves, curves.distinct(through).map((i) => through[i]), facts.ink_strokes.fine * side);
    const colour = mark.source === PLAYER ? ` stroke="${player}"` : "";
    const breadth = number(2 * facts.ink.radius * side * meanWidth(mark));
    lines.push(`      <path data-by="${mark.source}"${colour} stroke-width="${breadth}" d="${pathData(bends, through[0])}"/>`);
  }
  return [...lines, "    </g>", "  </g>", "</svg>", ""].join("\n");
}

/** Flat places of a canvas as pixels of the page. */
function pairs(/** @type {Float32Array} */ places, /** @type {number} */ left, /** @type {number} */ top, /** @type {number} */ side) {
  return Array.from({ length: places.length / 2 }, (_, i) => [left + places[2 * i] * side, top + places[2 * i + 1] * side]);
}

/** The width of the brush on a stroke, by the way. */
function meanWidth(/** @type {import("./paper_strokes.js").Mark} */ { ink }) {
  let sum = 0, way = 0;
  for (let i = 1; i < ink.length; i++) {
    const step = Math.hypot(ink[i].x - ink[i - 1].x, ink[i].y - ink[i - 1].y);
    sum += (step * (ink[i].width + ink[i - 1].width)) / 2;
    way += step;
  }
  return way ? sum / way : ink[ink.length - 1].width;
}
