// @ts-check
/** The drawings that were kept, and the endings to choose from: `kept_drawings.py`. */
import { GhostPen, SILENCE } from "./pen.js";

/**
 * A drawing that was kept: what is on it, the side of its paper, and the model it was drawn with.
 * @typedef {{number: number, page: import("./paper_strokes.js").Page, box: number, model: string}} Kept
 */

/**
 * One of several endings, and the pen that draws it beside the paper; nobody hears it.
 * @typedef {{drawn: import("./sketcher.js").Drawn, page: import("./paper_strokes.js").Page, pen: GhostPen}} Ending
 */

/**
 * A page as it would end with `drawn`.
 * @param {import("./paper_strokes.js").Page} page
 * @param {import("./sketcher.js").Drawn} drawn
 * @param {number[]} temperatures
 * @param {any} scale
 * @param {number} nowS
 * @returns {Ending}
 */
export function endingOf(page, drawn, temperatures, scale, nowS) {
  const copy = page.copy();
  return { drawn, page: copy, pen: new GhostPen(copy, drawn, temperatures, scale, nowS, SILENCE) };
}
