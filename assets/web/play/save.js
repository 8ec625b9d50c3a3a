// @ts-check
/** Saves what was played: the strokes as a picture or as a drawing, or the evening as a recording. */

/** @typedef {import("./drawing.js").Drawing} Drawing */
/** @typedef {import("./recording.js").Recording} Recording */

const REVOKE_MS = 60_000; // a slow device may take that long to write a file

/**
 * @param {string} as what is saved, "picture PNG" for example: the last word says how
 * @param {{canvas: HTMLCanvasElement, facts: any, recording: Recording, drawing: Drawing}} played
 */
export async function saveAs(as, { canvas, facts, recording, drawing }) {
  if (recording.isEmpty) throw new Error("There is nothing to save yet: play something.");
  if (as.endsWith("CSV")) return download(recording.file(), "csv");
  const { width, height } = canvas.getBoundingClientRect();
  const svg = new Blob([drawing.svg(facts, Math.round(width), Math.round(height))], { type: "image/svg+xml" });
  if (as.endsWith("SVG")) return download(svg, "svg");
  return download(await picture(svg, canvas.width, canvas.height), "png");
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
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d")?.drawImage(image, 0, 0, width, height);
  URL.revokeObjectURL(image.src);
  /** @type {Blob | null} */
  const png = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!png) throw new Error("This browser makes no PNG.");
  return png;
}

/**
 * @param {Blob} file
 * @param {string} ending
 */
function download(file, ending) {
  const time = new Date();
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("");
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join("");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `ghostjam-${day}-${clock}.${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_MS);
}
