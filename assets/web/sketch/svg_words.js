// @ts-check
/** How colours, numbers and words are written in an SVG file: `app/pictures/svg_words.py`. */
import { facts } from "./facts.js";

/**
 * The lines of a file before its drawing.
 * @param {number[]} size width, height
 * @param {string} title
 * @param {string} description
 * @param {number[]} ground colour
 * @returns {string[]}
 */
export function head(size, title, description, ground) {
  const [width, height] = size;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `  <title>${words(title)}</title>`,
    `  <desc>${words(description)}</desc>`,
    `  <rect id="background" width="${width}" height="${height}" fill="${colourCode(ground)}"/>`,
  ];
}

/**
 * The `d` of a path along bends, pixels, from `first`: absolute M, L, C. Without bends it is a dot, `h 0.01`.
 * @param {number[][]} bends
 * @param {number[]} first
 * @returns {string}
 */
export function pathData(bends, first) {
  if (!bends.length) return `M ${pair(first[0], first[1])} h 0.01`;
  const found = [`M ${pair(first[0], first[1])}`];
  for (const [x, y, ax, ay, bx, by, toX, toY] of bends) {
    const length = Math.max(Math.hypot(toX - x, toY - y), 1e-9);
    const off = (/** @type {number} */ px, /** @type {number} */ py) => Math.abs((px - x) * (y - toY) + (py - y) * (toX - x)) / length;
    const isStraight = Math.max(off(ax, ay), off(bx, by)) < facts.svg_words.straight_px;
    found.push(isStraight ? `L ${pair(toX, toY)}` : `C ${pair(ax, ay)} ${pair(bx, by)} ${pair(toX, toY)}`);
  }
  return found.join(" ");
}

/** `text` for XML, without control characters. @param {string} text */
export function words(text) {
  return text.replace(/\p{C}/gu, "").replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** `#rrggbb`. @param {number[]} colour */
export function colourCode(colour) {
  return `#${colour.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** At most 2 decimals, no trailing zeros: 12.5, 3, 0.07. @param {number} value */
export function number(value) {
  const text = value.toFixed(2).replace(/\.?0+$/, "");
  return text === "-0" ? "0" : text;
}

/** `x,y`. */
function pair(/** @type {number} */ x, /** @type {number} */ y) {
  return `${number(x)},${number(y)}`;
}
