// @ts-check
/** Saves what was played: the picture there is now, the strokes as a drawing, or the evening as a recording. */

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
  if (as.endsWith("SVG")) {
    const { width, height } = canvas.getBoundingClientRect();
    const svg = drawing.svg(facts, Math.round(width), Math.round(height));
    return download(new Blob([svg], { type: "image/svg+xml" }), "svg");
  }
  const png = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!png) throw new Error("This browser makes no PNG of the canvas.");
  return download(png, "png");
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
