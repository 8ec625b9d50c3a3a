// @ts-check
/**
 * Small pictures of light, each made once: the spot that a line is made of, and the glowing head at its tip.
 * They are on black, to be added (`lighter`) or taken where brighter (`lighten`).
 * @module light_sprites
 */

import { makeCanvas } from "./canvas.js";

/** @typedef {[number, number, number]} Colour  red, green, blue, 0 to 255 */

const SPOT_PX = 48; // side of the picture of a spot
export const SPOT_SIGMAS = 3; // half its side, in standard deviations of its light

/** What must be added up for a colour to show where light is 1: film shows 1 - exp(-light). @param {Colour} colour */
export function emission(colour) {
  return colour.map((byte) => -Math.log1p(-Math.min((byte / 255) ** 2, 0.985)));
}

/**
 * A square picture, its pixels from their distance to the middle.
 * @param {number} side
 * @param {(distance: number) => number[]} shine  light of the three colours at a distance in pixels
 */
function picture(side, shine) {
  const canvas = makeCanvas(side, side);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(side, side);
  const middle = (side - 1) / 2;
  for (let index = 0; index < side * side; index++) {
    const light = shine(Math.hypot((index % side) - middle, Math.floor(index / side) - middle));
    for (let channel = 0; channel < 3; channel++) image.data[4 * index + channel] = 255 * light[channel];
    image.data[4 * index + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** A Gaussian spot of a colour, `share` of it in the middle. @param {Colour} colour @param {number} [share] */
export function spot(colour, share = 1) {
  const middle = (SPOT_PX - 1) / 2;
  const scale = SPOT_SIGMAS / middle;
  return picture(SPOT_PX, (distance) => {
    const z = distance * scale;
    const rim = Math.min(1, Math.max(0, SPOT_SIGMAS - z) * 2);
    const level = (share / 255) * Math.exp(-0.5 * z * z) * rim;
    return colour.map((byte) => byte * level);
  });
}

/**
 * The glowing head of a stroke, as `app/pictures/live/heads.py`.
 * @param {Colour} colour @param {number} heightPx  of the canvas that it is for @param {any} facts  `style.heads`
 */
export function head(colour, heightPx, facts) {
  const radius = Math.max(8, Math.round(facts.radius * heightPx));
  const tint = emission(colour);
  const white = emission([255, 255, 255]);
  return picture(2 * radius + 1, (distance) => {
    const rim = Math.max(0, 1 - (distance / radius) ** 2) ** 2; // ends at nothing, not at a faint disc
    /** @param {number} width */
    const disc = (width) => Math.exp(-0.5 * (distance / Math.max(1, width * heightPx)) ** 2);
    const body = 2 * ((disc(facts.body) + 0.17 * disc(facts.halo)) * rim) ** 2;
    const core = 0.8 * (disc(facts.core) * rim) ** 2;
    return tint.map((one, channel) => {
      const level = body * one + core * (0.72 * white[channel] + 0.28 * one);
      return Math.sqrt(1 - Math.exp(-level));
    });
  });
}
