// @ts-check
/** The frame of a drawing, the rectangle that it covers: `models/frame.py`. */
import { facts } from "./facts.js";

/** @typedef {ArrayLike<number>} Frame x, y, width, height, in model units; x, y is where the drawing begins */

/**
 * By how much a whole drawing that began where the frame says does not fill it; 0 for one that does.
 * @param {Frame} frame
 * @param {ArrayLike<number>} points the drawing, (n, 3); none are infinitely wrong
 * @param {number} box of the model's scale
 * @returns {number}
 */
export function misfit(frame, points, box) {
  if (!points.length) return Infinity;
  const low = [Infinity, Infinity], high = [-Infinity, -Infinity];
  for (const axis of [0, 1]) {
    let sum = 0;
    for (let i = axis; i < points.length; i += 3) {
      sum += points[i];
      low[axis] = Math.min(low[axis], sum + frame[axis]);
      high[axis] = Math.max(high[axis], sum + frame[axis]);
    }
  }
  const off = [0, 1].flatMap((axis) => [
    Math.abs(low[axis] + frame[2 + axis] / 2),
    Math.abs(high[axis] - frame[2 + axis] / 2),
  ]);
  return Math.max(Math.max(...off) - facts.frame.slack * box, 0);
}
