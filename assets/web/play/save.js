// @ts-check
/** Saves what was played: the strokes as a picture or as a drawing, or the evening as a recording. */

import { download, fileOf, pngOf } from "../shared/download.js";
import { element } from "../shared/elements.js";

/** @import { Drawing } from "./drawing.js" */
/** @import { Recording } from "./recording.js" */

/**
 * @param {string} as what is saved, "picture PNG" for example: the last word says how
 * @param {{canvas: HTMLCanvasElement, facts: any, recording: Recording, drawing: Drawing}} played
 */
export async function saveAs(as, { canvas, facts, recording, drawing }) {
  if (recording.isEmpty) throw new Error("There is nothing to save yet: play something.");
  if (as.endsWith("CSV")) return download(fileOf("ghostjam", "csv", recording.file()));
  const { width, height } = canvas.getBoundingClientRect();
  const svg = new Blob([drawing.svg(facts, Math.round(width), Math.round(height))], { type: "image/svg+xml" });
  if (as.endsWith("SVG")) return download(fileOf("ghostjam", "svg", svg));
  return download(fileOf("ghostjam", "png", await picture(svg, canvas.width, canvas.height)));
}

/**
 * A drawing in pixels: the light of the canvas has faded before anybody finds the menu.
 *
 * @param {Blob} svg
 * @param {number} width pixels
 * @param {number} height
 * @returns {Promise<Blob>}
 */
async function picture(svg, width, height) {
  const image = new Image();
  image.src = URL.createObjectURL(svg);
  await image.decode();
  const canvas = element("canvas", { width, height });
  canvas.getContext("2d")?.drawImage(image, 0, 0, width, height);
  URL.revokeObjectURL(image.src);
  return pngOf(canvas);
}
