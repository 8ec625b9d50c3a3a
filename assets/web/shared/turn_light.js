// @ts-check
/**
 * Light at the edges, to tell from afar whose turn it is: the player's from below, the ghost's from above. As
 * `app/pictures/live/turn_light.py`; two pictures that are stretched over the canvas and faded by the browser.
 * @module turn_light
 */

import { makeCanvas } from "./canvas.js";
import { emission } from "./light_sprites.js";

const SIZE = [64, 200]; // of the pictures

export class TurnLight {
  /**
   * @param {HTMLElement} parent  over whose whole area it shines; it takes no touches
   * @param {any} facts  what `web_facts` tells
   */
  constructor(parent, facts) {
    const { near, far, strength, settle_s } = facts.style.turn_light;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    /** @param {[number, number, number]} colour @param {boolean} isBelow */
    const make = (colour, isBelow) => {
      const [width, height] = SIZE;
      const canvas = makeCanvas(width, height);
      const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      const image = context.createImageData(width, height);
      const tint = emission(colour);
      for (let index = 0; index < width * height; index++) {
        const across = (2 * (index % width)) / (width - 1) - 1;
        const down = Math.floor(index / width) / (height - 1);
        const away = isBelow ? 1 - down : down;
        const shape = 0.55 * Math.exp(-away / near) + 0.45 * Math.exp(-away / far);
        const edge = strength * (shape * (0.35 + 0.65 * (1 - across * across))) ** 2;
        const seen = tint.map((one) => Math.sqrt(1 - Math.exp(-edge * one)));
        const most = Math.max(...seen);
        const noise = Math.random() - 0.5; // against bands
        seen.forEach((one, channel) => (image.data[4 * index + channel] = most ? (255 * one) / most : 0));
        image.data[4 * index + 3] = 255 * most + noise;
      }
      context.putImageData(image, 0, 0);
      canvas.setAttribute("aria-hidden", "true");
      Object.assign(canvas.style, {
        position: "absolute", inset: "0", width: "100%", height: "100%", pointerEvents: "none", opacity: "0",
        transition: isCalm ? "none" : `opacity ${2 * settle_s}s ease-out`,
      });
      parent.append(canvas);
      return canvas;
    };
    this.sides = [make(facts.palette.player[0], true), make(facts.palette.ghost[0], false)];
    this.wanted = ["0", "0"];
  }

  /** How brightly each side is to shine, 0 to 1. @param {number} player @param {number} ghost */
  want(player, ghost) {
    [player, ghost].forEach((strength, side) => {
      const opacity = strength.toFixed(2);
      if (opacity === this.wanted[side]) return;
      this.wanted[side] = opacity;
      this.sides[side].style.opacity = opacity;
    });
  }
}
