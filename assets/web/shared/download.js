// @ts-check
/**
 * Files for a person to keep.
 * @module download
 */

import { element } from "./elements.js";

const REVOKE_MS = 60_000; // a slow device may take that long to write a file

/** Hand a file to the person. @param {File} file */
export function download(file) {
  const link = element("a", { href: URL.createObjectURL(file), download: file.name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_MS);
}

/**
 * A file with the moment in its name.
 * @param {string} stem @param {string} ending @param {Blob} content
 */
export function fileOf(stem, ending, content) {
  const now = new Date();
  now.setMinutes(now.getMinutes() - now.getTimezoneOffset()); // so that it is written as the clock here shows it
  const moment = now.toISOString().slice(0, "yyyy-mm-ddThh:mm:ss".length).replaceAll(":", "-");
  return new File([content], `${stem}-${moment}.${ending}`, { type: content.type });
}

/** A picture of a canvas as it is. @param {HTMLCanvasElement} canvas @returns {Promise<Blob>} */
export async function pngOf(canvas) {
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("This browser made no picture.");
  return blob;
}
