// @ts-check
/** The strokes of the evening, the last ones of them, as an SVG drawing that opens in a vector editor. */

/** @import { Event, Source } from "../engine/events.js" */
/** @typedef {{source: Source, voice: number, points: number[]}} Stroke points: x and y in turn, fractions */

const MOST_POINTS = 40_000; // of all strokes; then the oldest strokes go

/** Keeps strokes. */
export class Drawing {
  constructor() {
    this.clear();
  }

  /** Begin anew. */
  clear() {
    /** @type {Stroke[]} */
    this._strokes = [];
    /** @type {Map<string, Stroke>} */
    this._down = new Map();
    this._nPoints = 0;
  }

  /** @param {Event} event */
  add(event) {
    const key = `${event.source} ${event.voice}`;
    if (event.kind === "release") {
      this._down.delete(key);
      return;
    }
    let stroke = event.moving ? this._down.get(key) : undefined;
    if (!stroke) {
      stroke = { source: event.source, voice: event.voice, points: [] };
      this._down.set(key, stroke);
      this._strokes.push(stroke);
    }
    stroke.points.push(event.x, event.y);
    this._nPoints += 1;
    while (this._nPoints > MOST_POINTS && this._strokes.length > 1) {
      this._nPoints -= /** @type {Stroke} */ (this._strokes.shift()).points.length / 2;
    }
  }

  /**
   * The drawing: one path a stroke, in a group for each side; a tap is the shortest path, which its round cap makes a
   * dot.
   *
   * @param {any} facts
   * @param {number} width pixels
   * @param {number} height
   * @returns {string}
   */
  svg(facts, width, height) {
    const { palette, style } = facts;
    const unit = Math.max(Math.sqrt((width * height) / style.reference_area_px), style.smallest_unit);
    const thick = (2 * style.line_sigma_px * unit).toFixed(2);
    const groups = /** @type {const} */ (["player", "ghost"]).map((source) => {
      const paths = this._strokes.filter((stroke) => stroke.source === source).map((stroke) => {
        const colour = palette[source][stroke.voice % palette[source].length];
        return `    <path stroke="rgb(${colour})" d="${pathOf(stroke, width, height)}"/>`;
      });
      return [`  <g id="${source}">`, ...paths, "  </g>"].join("\n");
    });
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
      `  fill="none" stroke-width="${thick}" stroke-linecap="round" stroke-linejoin="round">`,
      "  <title>Played with Ghostjam by a person and a ghost.</title>",
      `  <rect width="${width}" height="${height}" fill="rgb(${palette.background})"/>`,
      ...groups,
      "</svg>\n",
    ].join("\n");
  }
}

/**
 * Through the middles of its steps, bent at its points.
 *
 * @param {Stroke} stroke
 * @param {number} width
 * @param {number} height
 */
function pathOf({ points }, width, height) {
  /** @param {number} x @param {number} y */
  const at = (x, y) => `${(x * width).toFixed(2)} ${(y * height).toFixed(2)}`;
  const n = points.length;
  let path = `M ${at(points[0], points[1])}`;
  for (let i = 2; i < n - 2; i += 2) {
    const middle = at((points[i] + points[i + 2]) / 2, (points[i + 1] + points[i + 3]) / 2);
    path += ` Q ${at(points[i], points[i + 1])} ${middle}`;
  }
  return n > 2 ? `${path} L ${at(points[n - 2], points[n - 1])}` : `${path} h 0.01`;
}
