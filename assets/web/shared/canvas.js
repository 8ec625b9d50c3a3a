// @ts-check
/**
 * Canvases and their pixels.
 * @module canvas
 */

const MOST_RATIO = 2; // more costs more than it shows

/** Device pixels to a CSS pixel that are drawn. */
export function pixelRatio() {
  return Math.min(MOST_RATIO, window.devicePixelRatio || 1);
}

/** A canvas that is not shown. @param {number} width @param {number} height */
export function makeCanvas(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width));
  canvas.height = Math.max(1, Math.round(height));
  return canvas;
}
