// @ts-check
/**
 * The playing technique of a voice, as `app/sound/articulation.py`: touches and notes to levels and timbre,
 * without any audio. A new touch strikes, motion bows, and motion over a distance strikes again.
 * @module articulation
 */

import { frequencyHz, noteAt, quantise } from "./pitch.js";

/** @typedef {Record<string, any>} Piece  of an instrument, as `web_facts` tells it */
/**
 * @typedef {object} Gesture  what a voice is asked to do now
 * @property {Record<string, number>} settings  only what this gesture decides
 * @property {boolean} energise  start the level envelope again, at `settings.level`
 * @property {boolean} strike  start the snap envelope again as well
 */

/** @param {[number, number]} pair @param {number} height */
const between = (pair, height) => pair[0] + (pair[1] - pair[0]) * height;
/** @param {[number, number]} pair @param {number} height */
const ratioBetween = (pair, height) => pair[0] * (pair[1] / pair[0]) ** height;
/** @param {number} pressure */
const loudness = (pressure) => 0.4 + 0.6 * pressure;

/** (x, height) in the region of a piece, each in [0, 1]. @param {Piece} piece @param {number} x @param {number} y */
export function local(piece, x, y) {
  const [x0, y0, x1, y1] = piece.region;
  const across = Math.min(Math.max((x - x0) / (x1 - x0), 0), 1);
  return [across, 1 - Math.min(Math.max((y - y0) / (y1 - y0), 0), 1)];
}

/** The piece under a canvas point; the last one takes what no region covers. @param {Piece[]} pieces @param {number} x @param {number} y */
export function pieceAt(pieces, x, y) {
  return (
    pieces.find(({ region: [x0, y0, x1, y1] }) => x0 <= x && x < x1 && y0 <= y && y < y1) ??
    pieces[pieces.length - 1]
  );
}

/** The piece that a key plays: the drum of this General MIDI number, or one of them. @param {Piece[]} pieces @param {number} pitch */
export function pieceOf(pieces, pitch) {
  return pieces.find((piece) => piece.midi === pitch) ?? pieces[pitch % pieces.length];
}

/**
 * Where between the rows of the wavetable a wave lies, so that no harmonic passes 20 kHz.
 * @param {string} wave  sine, soft or saw @param {number} hz @param {any} soundFacts
 */
export function tableRow(wave, hz, soundFacts) {
  const rows = soundFacts.wave_rows;
  if (wave !== "saw") return rows.indexOf(wave);
  return Math.min(Math.max(2 + Math.log2(20000 / (8 * hz)), 1), rows.length - 1);
}

/** One finger or key on one piece, from touch to release. Made by `begin` or `beginNote`. */
export class Stroke {
  /**
   * @param {any} facts  what `web_facts` tells
   * @param {Piece} piece @param {number} pan @param {number} x @param {number} y @param {number} timeS
   * @param {number} note @param {number | null} heldS  time constant of a key that is held; null: of a touch
   */
  constructor(facts, piece, pan, x, y, timeS, note, heldS = null) {
    this.facts = facts;
    this.constants = facts.sound.articulation;
    this.piece = piece;
    this.pan = pan;
    this.x = x;
    this.y = y;
    this.timeS = timeS;
    this.note = note;
    this.heldS = heldS;
    this.level = 0; // when the envelope last started, at `levelS`
    this.levelS = 0;
    this.speed = 0; // canvas fractions a second
    this.travel = 0; // canvas fractions since the last strike
    this.struckS = 0;
  }

  /**
   * The finger is at (x, y), fractions of the canvas.
   * @param {number} timeS @param {number} x @param {number} y @param {number} pressure @param {string} scale
   * @returns {Gesture}
   */
  move(timeS, x, y, pressure, scale) {
    const { piece, constants } = this;
    const dtS = Math.max(timeS - this.timeS, 1e-3);
    const distance = Math.hypot(x - this.x, y - this.y);
    const blend = 1 - Math.exp(-dtS / constants.speed_window_s);
    this.speed += blend * (distance / dtS - this.speed);
    this.travel += distance;
    this.x = x;
    this.y = y;
    this.timeS = timeS;

    const held = piece.quantised && scale !== "free" ? this.note : null;
    const note = noteOf(this.facts, piece, x, y, scale, held);
    const stepped = held !== null && note !== held;
    this.note = note;
    const effort = 1 - Math.exp(-this.speed / piece.bow_speed);
    const rolled = piece.roll_step > 0 && this.travel >= piece.roll_step;
    if ((rolled || (stepped && piece.step_strikes)) && timeS - this.struckS >= piece.roll_gap_s) {
      return this.strike(loudness(pressure) * (0.45 + 0.55 * effort));
    }
    const settings = this.place();
    settings.glide_s = timeS - this.struckS < constants.fresh_s ? 0 : piece.glide_s;
    const energy = piece.bow * piece.gain * effort * loudness(pressure);
    if (energy <= this.ringing(timeS)) return { settings, energise: false, strike: false };
    this.level = energy;
    this.levelS = timeS;
    settings.level = energy;
    return { settings, energise: true, strike: false };
  }

  /** Time constant in which the voice dies away once the finger has left. */
  releaseS() {
    return Math.min(this.piece.release_s, this.decayS());
  }

  /** @param {number} loud @returns {Gesture} */
  strike(loud) {
    const { piece } = this;
    const [, height] = local(piece, this.x, this.y);
    const force = between(piece.strike, height) * piece.gain * loud;
    this.level = Math.max(force, this.ringing(this.timeS));
    this.levelS = this.struckS = this.timeS;
    this.travel = 0;
    return { settings: { ...this.place(), level: this.level, glide_s: 0 }, energise: true, strike: true };
  }

  /** What is left of the level: the voice's own decay, in closed form. @param {number} timeS */
  ringing(timeS) {
    return this.level * Math.exp(-Math.max(timeS - this.levelS, 0) / this.decayS());
  }

  decayS() {
    const [, height] = local(this.piece, this.x, this.y);
    const octaves = (this.note - this.constants.reference_note) / 12;
    const decayS = this.heldS ?? between(this.piece.decay_s, height);
    return decayS * 2 ** (-this.piece.key_decay * octaves);
  }

  /** The settings that follow the finger. @returns {Record<string, number>} */
  place() {
    const { piece } = this;
    const most = this.constants.max_cutoff_hz;
    const [, height] = local(piece, this.x, this.y);
    const hz = frequencyHz(this.note);
    const octaves = (this.note - this.constants.reference_note) / 12;
    const cutoff = ratioBetween(piece.cutoff_hz, height) * 2 ** (piece.track * octaves);
    const opened = cutoff * 2 ** piece.cutoff_octaves;
    return {
      frequency_hz: hz,
      decay_s: this.decayS(),
      sweep_hz: piece.sweep * hz,
      vibrato_rate_hz: between(piece.vibrato_hz, height),
      vibrato_hz: hz * (2 ** (between(piece.vibrato_cents, height) / 1200) - 1),
      mod_hit: between(piece.mod_hit, height),
      mod_level: between(piece.mod_level, height),
      cutoff_hz: Math.min(cutoff, most),
      cutoff_rise_hz: Math.min(opened, most) - Math.min(cutoff, most),
      noise_hz: Math.min(ratioBetween(piece.noise_hz, height), most),
      noise_hit: between(piece.noise_hit, height) * piece.gain,
      noise_level: between(piece.noise_level, height),
      pan: this.pan + 0.25 * (this.x - 0.5),
    };
  }
}

/**
 * A finger comes down on a piece: its stroke, and the strike that starts it.
 * @param {any} facts @param {Piece} piece @param {number} timeS @param {number} x @param {number} y
 * @param {number} pressure @param {string} scale @param {number} pan
 * @returns {[Stroke, Gesture]}
 */
export function begin(facts, piece, timeS, x, y, pressure, scale, pan) {
  const stroke = new Stroke(facts, piece, pan, x, y, timeS, noteOf(facts, piece, x, y, scale, null));
  return [stroke, stroke.strike(loudness(pressure))];
}

/**
 * A key goes down. It sounds at its pitch, whatever the scale; how hard it is struck is what height is to a
 * touch.
 * @param {any} facts @param {Piece} piece @param {number} timeS @param {number} pitch 0 to 127
 * @param {number} velocity 1 to 127 @param {number} pan
 * @returns {[Stroke, Gesture]}
 */
export function beginNote(facts, piece, timeS, pitch, velocity, pan) {
  const { note_level, velocity_power } = facts.sound.articulation;
  const hard = velocity / 127;
  const [x0, y0, x1, y1] = piece.region;
  const [low, high] = piece.register;
  const x = x0 + (x1 - x0) * Math.min(Math.max((pitch - low) / (high - low), 0), 1);
  const stroke = new Stroke(facts, piece, pan, x, y1 - (y1 - y0) * hard, timeS, pitch, piece.held_s);
  return [stroke, stroke.strike(note_level * hard ** velocity_power)];
}

/** @param {any} facts @param {Piece} piece @param {number} x @param {number} y @param {string} scale @param {number | null} held */
function noteOf(facts, piece, x, y, scale, held) {
  const note = noteAt(local(piece, x, y)[0], piece.register);
  return piece.quantised ? quantise(facts.pitch, note, scale, held) : note;
}
