// @ts-check
/** Opens a saved page, an SVG of `svg_page.js` or of `ghostjam draw`: `app/sketch/opening.py`, `models/formats/svg_page.py`. */
import { facts, GHOST, PLAYER } from "./facts.js";
import { Page } from "./paper_strokes.js";
import { toPoints, toStrokes } from "./strokes.js";

const GROUP = /<g\s[^>]*id="drawing-\d+"[^>]*data-canvas="([^"]*)"[^>]*>([\s\S]*?)<\/g>/;
const PATH = /<path\s([^>]*)>/g;
const PART = /\s*(?:([MLC])\s*([-+0-9.,eE\s]*)|h\s*0\.01\s*)/y;
const NUMBER = /[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?/g;
/** How many numbers a command takes, the last two of which are where it leads. @type {Record<string, number>} */
const TAKES = { M: 2, L: 2, C: 6 };

/**
 * The title of a page: a drawing that was saved has the name of its model there; "" if it has none.
 * @param {string} text
 */
export function titleOf(text) {
  return /<title>([^<]*)<\/title>/.exec(text)?.[1].trim() ?? "";
}

/**
 * The first drawing of a page on paper, as if it had been drawn there.
 * @param {string} text
 * @param {{box: number, epsilon: number}} scale of the model that goes on with it
 * @returns {Page}
 * @throws {Error} it is none of our pages, or holds no drawing
 */
export function openPage(text, scale) {
  const [, canvas, body] = GROUP.exec(text) ?? [];
  if (!body) throw new Error("expected an SVG page of Ghostjam, got another file");
  const [left, top, side] = numbersOf(canvas);
  if (!(side > 0)) throw new Error("data-canvas: expected left, top and side of the canvas");
  const { box, farthest } = facts.svg_page, sources = [], strokes = [];
  for (const [, attributes] of body.matchAll(PATH)) {
    const places = placesOf(/\sd="([^"]*)"/.exec(` ${attributes}`)?.[1] ?? "").flatMap(([x, y]) => [(x - left) / side, (y - top) / side]);
    if (places.some((value) => !(Math.abs(value) <= farthest))) throw new Error("expected places near the canvas");
    sources.push(attributes.includes(`data-by="${PLAYER}"`) ? PLAYER : GHOST);
    strokes.push(places.map((value) => value * box));
  }
  if (!strokes.length) throw new Error("expected at least one stroke, got none");
  const page = new Page();
  let nowS = 0;
  // By way of the steps of a pen, as every reader goes: so each place is rounded alike.
  toStrokes(toPoints(strokes), strokes[0].slice(0, 2)).forEach((stroke, i) => {
    nowS = add(page, sources[i], stroke.map((value) => value / box), scale, nowS);
  });
  return page;
}

/** A stroke through places, sides of the canvas, drawn by an even pen from `nowS` on; when the next may begin. */
function add(
  /** @type {Page} */ page, /** @type {string} */ source, /** @type {Float32Array} */ places,
  /** @type {{box: number, epsilon: number}} */ scale, /** @type {number} */ nowS,
) {
  const mark = page.begin(source), { pen_speed, pen_up_s } = facts.pen;
  let passedS = 0;
  for (let i = 0; i < places.length; i += 2) {
    if (i) passedS += Math.hypot(places[i] - places[i - 2], places[i + 1] - places[i - 1]) / pen_speed;
    mark.add(Math.fround(places[i] * scale.box), Math.fround(places[i + 1] * scale.box), nowS + passedS, scale.box);
  }
  mark.takeCorners(scale);
  return nowS + passedS + pen_up_s;
}

/** The places that a path of ours goes through, pixels. @returns {number[][]} */
function placesOf(/** @type {string} */ data) {
  const places = [];
  PART.lastIndex = 0;
  while (PART.lastIndex < data.length) {
    const part = PART.exec(data);
    if (!part?.[0]) break;
    if (!part[1]) continue;
    const numbers = numbersOf(part[2]), takes = TAKES[part[1]];
    if (!numbers.length || numbers.length % takes || (part[1] === "M") !== !places.length) break;
    for (let i = takes; i <= numbers.length; i += takes) places.push([numbers[i - 2], numbers[i - 1]]);
    if (PART.lastIndex === data.length) return places;
  }
  if (places.length && PART.lastIndex === data.length) return places;
  throw new Error(`path: expected one M, then L and C, absolute, got ${data.slice(0, 60)}`);
}

/** @returns {number[]} */
function numbersOf(/** @type {string} */ text) {
  return (text.match(NUMBER) ?? []).map(Number);
}
