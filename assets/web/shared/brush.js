// @ts-check
/**
 * How broad and how bright a stroke is, point by point, as `app/pictures/brush.py`: slow is broad and bright,
 * fast is thin and faint. A stroke that goes on never changes what there is of it.
 * @module brush
 */

/** Light in the middle of a line of this width, 1 at width 1. @param {any} facts @param {number} width */
export function lightAt(facts, width) {
  return width ** facts.light_power;
}

/** The share of its width that a brush has under this pressure. @param {any} facts @param {number} pressure */
export function pressed(facts, pressure) {
  return facts.least_pressed + (1 - facts.least_pressed) * pressure;
}

/** The brush on one stroke. */
export class Brush {
  /** @param {any} facts  `facts.style.brush` */
  constructor(facts) {
    this.facts = facts;
    this.width = 0;
    this.followed = facts.begin; // the width without pressure
    this.way = 0;
    this.x = NaN;
    this.y = NaN;
    /** @type {[number, number][]} seconds and way of the last `speed_s` */
    this.passed = [];
  }

  /**
   * It comes to (x, y), heights of the canvas; returns its width there, about 1.
   * @param {number} x @param {number} y @param {number} timeS @param {number} pressure
   */
  move(x, y, timeS, pressure) {
    const { broad, thin, middling, speed_s, follow } = this.facts;
    if (!Number.isNaN(this.x)) {
      const step = Math.hypot(x - this.x, y - this.y);
      this.way += step;
      while (this.passed.length > 1 && timeS - this.passed[1][0] > speed_s) this.passed.shift();
      const [earlyS, early] = this.passed[0];
      const speed = (this.way - early) / Math.max(timeS - earlyS, speed_s / 4);
      const wanted = thin + (broad - thin) / (1 + speed / middling);
      this.followed += (wanted - this.followed) * Math.min(1, step / follow);
    }
    this.width = this.followed * pressed(this.facts, pressure);
    this.x = x;
    this.y = y;
    this.passed.push([timeS, this.way]);
    return this.width;
  }
}
