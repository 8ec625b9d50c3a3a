// @ts-check
/** Where the paper and what stands beside it are, for any window: the page's own `place.py`. */

/** @typedef {"wide" | "low" | "upright"} Shape of a window: broad, broad but hardly high, higher than broad */

const LOW = 560; // a window that is broad and lower than this has its controls beside the paper

/**
 * The shape of a window.
 * @param {number} width pixels of CSS
 * @param {number} height
 * @returns {Shape}
 */
export function shapeOf(width, height) {
  if (width < height) return "upright";
  return height < LOW ? "low" : "wide";
}

/**
 * The side of the paper: as large as what it shares the window with allows.
 * @param {Shape} shape
 * @param {{width: number, height: number}} room inside the margins of the window
 * @param {{turn: number, bar: number, gap: number}} taken heights of the words and the bar
 * @param {boolean} isStrip whether only a strip of drawings stands beside it
 * @param {number} least height of what stands below it in an upright window
 */
export function paperSide(shape, room, taken, isStrip, least) {
  const height = room.height - taken.turn - taken.bar - 2 * taken.gap;
  if (shape === "low") return Math.floor(Math.min(room.height, room.width * 0.56));
  if (shape === "upright") return Math.floor(Math.min(room.width, height - taken.gap - least));
  return Math.floor(isStrip ? Math.min(height, room.width) : Math.min(height, (room.width - taken.gap) / 2));
}

/**
 * How many columns make `n` squares as large as can be.
 * @param {number} n
 * @param {number} width
 * @param {number} height
 * @param {number} gap
 * @returns {{columns: number, size: number}}
 */
export function grid(n, width, height, gap) {
  let best = { columns: 1, size: 0 };
  for (let columns = 1; columns <= n; columns++) {
    const rows = Math.ceil(n / columns);
    const size = Math.floor(Math.min((width - (columns - 1) * gap) / columns, (height - (rows - 1) * gap) / rows));
    if (size > best.size) best = { columns, size };
  }
  return best;
}
