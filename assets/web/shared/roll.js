// @ts-check
/**
 * Notes as a piano roll: time flows to the left from the line of now, and a note grows there while its key is
 * down. High keys are at the top. As `app/pictures/live/roll.py` and `note_light.py`.
 * @module roll
 */

import { makeCanvas } from "./canvas.js";
import { spot } from "./light_sprites.js";

/** @import { Colour } from "./light_sprites.js" */
/** @typedef {{colour: Colour, pitch: number, velocity: number, onsetS: number, endS: number}} Bar */

const BODY_HALVES = 2.4; // half heights of a bar after which its light has ended
const BAR_PX = 64; // height of the picture of a bar
const FRESH_PARTS = 5; // a young note is drawn in so many parts, each as bright as it is then
const OCTAVE = 12;
const EDGE = 2; // keys that stay free below the lowest note and above the highest

export class Roll {
  /** @param {any} facts */
  constructor(facts) {
    this.facts = facts;
    this.style = facts.style.roll;
    /** @type {Bar[]} */
    this.bars = [];
    /** @type {Map<any, Bar>} */
    this.down = new Map();
    /** Whether it is there although no note is on it. */
    this.isShown = false;
    this.low = this.style.low;
    this.high = this.style.high;
    /** @type {Map<string, HTMLCanvasElement>} */
    this.pictures = new Map();
    this.width = 1;
    this.height = 1;
    this.unit = 1;
  }

  /** @param {number} width @param {number} height  pixels @param {number} unit  pixels of one of the style's */
  resize(width, height, unit) {
    this.width = width;
    this.height = height;
    this.unit = unit;
  }

  /** @param {any} key @param {Colour} colour @param {number} pitch @param {number} velocity @param {number} timeS */
  press(key, colour, pitch, velocity, timeS) {
    this.release(key, timeS);
    const bar = { colour, pitch, velocity, onsetS: timeS, endS: Infinity };
    this.down.set(key, bar);
    this.bars.push(bar);
  }

  /** Whether it was a key that is down. @param {any} key @param {number} timeS */
  release(key, timeS) {
    const bar = this.down.get(key);
    if (!bar) return false;
    bar.endS = timeS;
    this.down.delete(key);
    return true;
  }

  clear() {
    this.bars = this.bars.filter((bar) => bar.endS === Infinity);
  }

  /** @param {number} nowS */
  isDark(nowS) {
    return !this.isShown && !this.bars.some((bar) => this.endOf(bar, nowS) > nowS - this.style.span_s);
  }

  /** The middle of a key, fraction of the height, 0 at the top. @param {number} pitch */
  y(pitch) {
    return 1 - (pitch - this.low + 0.5) / (this.high - this.low + 1);
  }

  /** @param {Bar} bar @param {number} nowS */
  endOf(bar, nowS) {
    return Math.min(bar.endS, nowS, bar.onsetS + this.style.longest_s);
  }

  /**
   * Add octaves and notes to a canvas of its size.
   * @param {CanvasRenderingContext2D} context @param {number} nowS @param {number} elapsedS  since the last time
   */
  draw(context, nowS, elapsedS) {
    const { span_s, now } = this.style;
    this.bars = this.bars.filter((bar) => this.endOf(bar, nowS) > nowS - span_s);
    if (this.isShown || this.bars.length) this.drawOctaves(context);
    this.widen(elapsedS);
    const speed = (now * this.width) / span_s;
    for (const bar of this.bars) this.drawBar(context, bar, nowS, speed);
    context.globalAlpha = 1;
  }

  /** The range of keys follows what is played. @param {number} elapsedS */
  widen(elapsedS) {
    let [low, high] = [this.style.low, this.style.high];
    for (const bar of this.bars) {
      low = Math.min(low, Math.max(0, bar.pitch - EDGE));
      high = Math.max(high, Math.min(127, bar.pitch + EDGE));
    }
    const share = 1 - Math.exp(-elapsedS / this.style.widen_s);
    this.low += (low - this.low) * share;
    this.high += (high - this.high) * share;
  }

  /** @param {CanvasRenderingContext2D} context */
  drawOctaves(context) {
    const { faint } = this.facts.palette;
    context.globalAlpha = this.style.line_light;
    context.fillStyle = `rgb(${faint})`;
    context.font = `${Math.max(9, Math.round(15 * this.unit))}px system-ui, sans-serif`;
    const line = Math.max(1, Math.round(this.unit));
    for (let pitch = Math.ceil(this.low / OCTAVE) * OCTAVE; pitch <= this.high; pitch += OCTAVE) {
      const y = Math.round(this.y(pitch - 0.5) * this.height);
      context.fillRect(0, y, this.width, line);
      context.globalAlpha = 1;
      context.fillText(`C${pitch / OCTAVE - 1}`, 0.012 * this.width, y - 4 * line);
      context.globalAlpha = this.style.line_light;
    }
    context.fillRect(Math.round(this.style.now * this.width), 0, line, this.height);
    context.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} context @param {Bar} bar @param {number} nowS @param {number} speed */
  drawBar(context, bar, nowS, speed) {
    const note = this.facts.style.note;
    const { now, span_s, dim_s, faint, edge_s } = this.style;
    const hard = bar.velocity / 127;
    const half = Math.max(1.3, note.half_height * this.height * (note.softest + (1 - note.softest) * hard));
    const force = note.least_light + (note.most_light - note.least_light) * hard ** 1.3;
    const endS = this.endOf(bar, nowS);
    const y = this.y(bar.pitch) * this.height;
    const picture = this.body(bar.colour);
    const lengthS = Math.max(endS - bar.onsetS, 3 / speed);
    const reach = BODY_HALVES * half;
    this.drawHalo(context, bar, nowS, speed, y, half, Math.sqrt(force * note.halo));
    for (let part = 0; part < FRESH_PARTS; part++) {
      // The parts grow, for the light falls fastest where the key is struck.
      const from = lengthS * (part / FRESH_PARTS) ** 2;
      const to = lengthS * ((part + 1) / FRESH_PARTS) ** 2;
      const heldS = (from + to) / 2;
      const ageS = Math.max(0, nowS - bar.onsetS - heldS);
      const struck = note.left + (1 - note.left) * Math.exp(-heldS / note.dying_s) + note.flare * Math.exp(-heldS / note.flare_s);
      const left = (faint + (1 - faint) * Math.exp(-ageS / dim_s)) * Math.min(1, Math.max(0, (span_s - ageS) / edge_s));
      context.globalAlpha = Math.min(1, Math.sqrt(force * struck) * left);
      const x0 = now * this.width - (nowS - bar.onsetS - from) * speed;
      const x1 = now * this.width - (nowS - bar.onsetS - to) * speed;
      context.drawImage(picture, 0, 0, 1, BAR_PX, x0, y - reach, Math.max(1, x1 - x0), 2 * reach);
    }
    if (bar.endS === Infinity && endS === nowS) {
      context.globalAlpha = Math.min(1, force);
      context.fillStyle = `rgb(${bar.colour})`;
      context.beginPath();
      context.arc(now * this.width, y, 1.6 * half, 0, 2 * Math.PI);
      context.fill();
    }
  }

  /**
   * The soft light around a bar.
   * @param {CanvasRenderingContext2D} context @param {Bar} bar @param {number} nowS @param {number} speed
   * @param {number} y @param {number} half  height of the bar @param {number} light
   */
  drawHalo(context, bar, nowS, speed, y, half, light) {
    const { now, dim_s, faint } = this.style;
    const ageS = Math.max(0, nowS - this.endOf(bar, nowS));
    const reach = 3 * this.facts.style.note.halo_width * half;
    const x0 = now * this.width - (nowS - bar.onsetS) * speed;
    const x1 = now * this.width - ageS * speed;
    context.globalAlpha = Math.min(1, light * (faint + (1 - faint) * Math.exp(-ageS / dim_s)));
    context.drawImage(this.halo(bar.colour), x0 - reach, y - reach, x1 - x0 + 2 * reach, 2 * reach);
  }

  /** @param {Colour} colour */
  halo(colour) {
    const name = `halo ${colour}`;
    let picture = this.pictures.get(name);
    if (!picture) this.pictures.set(name, (picture = spot(colour)));
    return picture;
  }

  /** A column of the light across a bar. @param {Colour} colour */
  body(colour) {
    const name = `body ${colour}`;
    const known = this.pictures.get(name);
    if (known) return known;
    const canvas = makeCanvas(1, BAR_PX);
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const image = context.createImageData(1, BAR_PX);
    for (let row = 0; row < BAR_PX; row++) {
      const z = ((row + 0.5) / BAR_PX - 0.5) * 2 * BODY_HALVES; // in half heights of the bar
      const light = Math.sqrt(Math.exp(-0.7 * Math.abs(z) ** 3));
      for (let channel = 0; channel < 3; channel++) image.data[4 * row + channel] = colour[channel] * light;
      image.data[4 * row + 3] = 255;
    }
    context.putImageData(image, 0, 0);
    this.pictures.set(name, canvas);
    return canvas;
  }
}
