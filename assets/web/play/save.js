// @ts-check
/** Saves what was played: the picture there is now, the strokes as a drawing, or the evening as a recording. */

import { download, fileOf, pngOf } from "../shared/download.js";

/** @typedef {import("./drawing.js").Drawing} Drawing */
/** @typedef {import("./recording.js").Recording} Recording */

/**
 * @param {string} as what is saved, "picture PNG" for example: the last word says how
 * @param {{canvas: HTMLCanvasElement, facts: any, recording: Recording, drawing: Drawing}} played
 */
export async function saveAs(as, { canvas, facts, recording, drawing }) {
  if (recording.isEmpty) throw new Error("There is nothing to save yet: play something.");
  if (as.endsWith("CSV")) return download(fileOf("ghostjam", "csv", recording.file()));
  if (as.endsWith("SVG")) {
    const { width, height } = canvas.getBoundingClientRect();
    const svg = drawing.svg(facts, Math.round(width), Math.round(height));
    return download(fileOf("ghostjam", "svg", new Blob([svg], { type: "image/svg+xml" })));
  }
  return download(fileOf("ghostjam", "png", await pngOf(canvas)));
}
