// @ts-check
/** How broad a stroke is, point by point: slow is broad, fast is thin: `app/pictures/brush.py`. */
import { facts } from "./facts.js";

/** Width of a stroke fully pressed at `speed`, heights of the canvas a second. @param {number} speed */
export function widthAt(speed) {
  const { broad, thin, middling } = facts.brush;
  return thin + (broad - thin) / (1 + speed / middling);
}

/** The share of its width that a brush has under a pressure, (0, 1]. @param {number} pressure */
export function pressed(pressure) {
  return facts.brush.least_pressed + (1 - facts.brush.least_pressed) * pressure;
}

/** The brush on one stroke: it looks only at what came before. */
export class Brush {
  constructor() {
    this.width = 0;
    this.followed = facts.brush.begin; // the width without pressure
    this.way = 0;
    this.at = /** @type {number[] | null} */ (null);
    this.passed = /** @type {number[][]} */ ([]); // seconds and way of the last `speed_s`
  }

  /**
   * It comes to (x, y), heights of the canvas, at `timeS`; its width there.
   * @param {number} x
   * @param {number} y
   * @param {number} timeS
   * @param {number} pressure
   * @returns {number}
   */
  move(x, y, timeS, pressure = 1) {
    const { speed_s, follow } = facts.brush, passed = this.passed;
    if (this.at) {
      const step = Math.hypot(x - this.at[0], y - this.at[1]);
      this.way += step;
      while (passed.length > 1 && timeS - passed[1][0] > speed_s) passed.shift();
      const [earlyS, early] = passed[0];
      const speed = (this.way - early) / Math.max(timeS - earlyS, speed_s / 4);
      this.followed += (widthAt(speed) - this.followed) * Math.min(1, step / follow);
    }
    this.width = this.followed * pressed(pressure);
    this.at = [x, y];
    passed.push([timeS, this.way]);
    return this.width;
  }
}
