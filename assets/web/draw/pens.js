// @ts-check
/**
 * Pens on the paper: one at a time, a stylus before fingers, so that a palm draws nothing. Whoever else touches
 * the paper is passed over.
 */
import { listenToPointers } from "../shared/pointers.js";

/**
 * What a pen does, x and y in sides of the paper and time in seconds.
 * @typedef {object} Pen
 * @property {(x: number, y: number, timeS: number, pressure: number) => void} down
 * @property {(x: number, y: number, timeS: number, pressure: number) => void} move
 * @property {(timeS: number) => void} up
 * @property {(timeS: number) => void} cancel the stroke was none: a palm before the stylus came
 */

/**
 * Follow the pens on `paper`.
 * @param {HTMLElement} paper
 * @param {Pen} pen
 */
export function followPens(paper, pen) {
  let held = /** @type {{finger: number, type: string} | null} */ (null);
  listenToPointers(paper, {
    touch: (finger, x, y, moving, felt, timeMs, type) => {
      const timeS = timeMs / 1e3, pressure = type === "pen" ? felt : 1;
      if (moving) {
        if (finger === held?.finger) pen.move(x, y, timeS, pressure);
        return;
      }
      if (held && !(type === "pen" && held.type === "touch")) return;
      if (held) pen.cancel(timeS);
      held = { finger, type };
      pen.down(x, y, timeS, pressure);
    },
    release: (finger, timeMs) => {
      if (finger !== held?.finger) return;
      held = null;
      pen.up(timeMs / 1e3);
    },
  });
}
