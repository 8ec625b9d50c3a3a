// @ts-check
/** Saving a page as SVG or PNG, and sharing it where the browser can: `save.py` and `page/png.py`. */
import * as curves from "../shared/curves.js";
import { fileOf, pngOf } from "../shared/download.js";
import { css } from "../shared/style.js";
import { facts } from "../sketch/facts.js";
import { Ink } from "../sketch/ink.js";
import { layOut, svgText } from "../sketch/svg_page.js";
import { pictureOf } from "./paper.js";

/** @import { Page } from "../sketch/paper_strokes.js" */

const STEM = "ghostjam-drawing";

/**
 * The page as an SVG file, which `ghostjam draw` opens again.
 * @param {Page} page
 * @param {number} box
 * @param {string} title
 * @returns {File}
 */
export function svgFile(page, box, title) {
  return fileOf(STEM, "svg", new Blob([svgText(page, box, title)], { type: "image/svg+xml" }));
}

/**
 * The page as a PNG picture: ink that glows a little, on a dark ground, its title below.
 * @param {Page} page
 * @param {number} box
 * @param {string} title
 * @returns {Promise<File>}
 */
export async function pngFile(page, box, title) {
  const { size, side, left, top } = layOut(page, box), { canvas, context } = pictureOf(size, size, true);
  context.fillStyle = css(facts.palette.background);
  context.fillRect(0, 0, size, size);
  const picture = context.getImageData(0, 0, size, size), ink = new Ink(picture.data.slice(), size, size, side);
  for (const mark of page.marks.filter((one) => one.ink.length)) {
    const places = mark.ink.map(({ x, y, width }) => [left + (x / box) * side, top + (y / box) * side, width]);
    const kept = curves.distinct(places).map((i) => places[i]);
    const bends = curves.beziers(facts.curves, curves.steadied(kept, facts.style.jitter * side));
    const widths = kept.map((place) => place[2]), { flatness_px, longest_px } = facts.ink;
    ink.lay(mark.source, bends.length ? curves.along(bends, widths, flatness_px, longest_px) : [places[places.length - 1]]);
  }
  ink.develop(picture.data, { left: 0, top: 0, right: size, bottom: size });
  context.putImageData(picture, 0, 0);
  const margin = facts.layout.margin * size;
  context.fillStyle = css(facts.palette.dim);
  context.font = `${facts.png.title * margin}px system-ui, sans-serif`;
  Object.assign(context, { textAlign: "center", textBaseline: "middle" });
  context.fillText(title, size / 2, size - margin / 2);
  return fileOf(STEM, "png", await pngOf(canvas));
}

/** Whether this browser can share such files. */
export function canShare() {
  const one = new File([""], "a.png", { type: "image/png" });
  return Boolean(navigator.canShare?.({ files: [one] }));
}
