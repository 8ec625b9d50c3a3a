// @ts-check
/**
 * One voice in WebAudio: the graph of `app/sound/voice.py` from the browser's own nodes, for an AudioWorklet
 * needs an encrypted connection, which a phone in the same room has not.
 *
 *     level:  a source that is set and decays by itself, through a one-pole attack
 *     snap:   the same, faster, for hammers, sticks and chirps
 *     tone:   two oscillators, the first phase-modulated, into a low-pass that the level opens
 *     noise:  one shared source through a band-pass
 *
 * Phase modulation by depth * sin(m) is frequency modulation by its derivative, depth * m' * cos(m).
 * @module audio_voice
 */

import { tableRow } from "./articulation.js";
import { onePole } from "./audio_mixer.js";

/** @import { Gesture, Piece } from "./articulation.js" */
/**
 * @typedef {object} Parts  what all voices share
 * @property {BaseAudioContext} context
 * @property {any} facts
 * @property {AudioNode} noise  white, between -1 and 1
 * @property {AudioNode} dry  stereo
 * @property {AudioNode} send  mono, into the room
 * @property {(row: number) => PeriodicWave} wave  the wave of a row, also between rows
 * @property {PeriodicWave} cosine
 */

const SMOOTH_S = 0.002; // of settings that move while a voice sounds
const DECAY_CHANGE = 1.05; // a decay that changes by less goes on as it is
const SILENT_S = 0.05; // more than what rings, until its nodes are stopped

/** Resonance in [0, 1) as the Q of the same filter. @param {number} resonance */
const quality = (resonance) => 1 / (2 - 2 * resonance);
/** The pan of an equal-power panner that is as far to one side as a square-root one. @param {number} pan */
const panned = (pan) => (Math.acos(Math.sqrt((1 - Math.min(1, Math.max(-1, pan))) / 2)) * 4) / Math.PI - 1;

/** One voice, from its first strike on. */
export class AudioVoice {
  /** @param {Parts} parts @param {Piece} piece  whose sound it has for good @param {Gesture} gesture  the strike */
  constructor(parts, piece, gesture) {
    const { graph } = parts.facts.sound;
    /** @type {BaseAudioContext} */
    this.context = parts.context;
    this.piece = piece;
    this.decayS = Infinity;
    this.graph = graph;
    /** @type {(ConstantSourceNode | OscillatorNode)[]} */
    this.sources = [];
    /** @type {AudioNode[]} */
    this.nodes = [];
    this.levelSource = this.source();
    this.snapSource = this.source();
    this.pitchSource = this.source();
    const level = this.kept(onePole(this.context, this.levelSource, piece.attack_s));
    const snap = this.kept(onePole(this.context, this.snapSource, graph.snap_attack_s));
    /** @type {Record<string, AudioParam>} by the names of the settings */
    this.params = { frequency_hz: this.pitchSource.offset };

    const pitch = this.gain(1, this.pitchSource);
    this.vibrato(pitch, gesture.settings);
    if (piece.sweep) this.params.sweep_hz = this.gain(0, snap, pitch).gain;

    this.out = this.gain(1);
    const q = quality(piece.resonance);
    const filter = this.filter("lowpass", 20 * Math.log10(q)); // the Q of a low-pass is in decibels
    this.params.cutoff_hz = filter.frequency;
    this.params.cutoff_rise_hz = this.gain(0, level, filter.frequency).gain;
    this.tone(parts, gesture.settings.frequency_hz, pitch, filter, snap, level);
    const amplifier = this.gain(0, filter, this.out);
    level.connect(amplifier.gain);
    this.breath(parts, snap, level);

    const panner = this.kept(new StereoPannerNode(this.context));
    this.params.pan = panner.pan;
    this.out.connect(panner).connect(parts.dry);
    this.gain(piece.send, this.out, parts.send);
    this.isNew = true;
    this.apply(gesture);
    this.isNew = false;
    for (const source of this.sources) source.start();
  }

  /** Do what a gesture asks. @param {Gesture} gesture */
  apply(gesture) {
    const now = this.context.currentTime;
    const { settings } = gesture;
    for (const name in settings) {
      const param = this.params[name];
      if (!param) continue;
      const value = this.scaled(name, settings[name]);
      const glide = this.isNew ? 0 : name === "frequency_hz" ? settings.glide_s ?? 0 : name.startsWith("cutoff") ? this.graph.cutoff_glide_s : SMOOTH_S;
      if (glide > 0) param.setTargetAtTime(value, now, glide);
      else param.setValueAtTime(value, now);
    }
    if (gesture.energise) {
      this.decay(this.levelSource.offset, now, settings.decay_s, settings.level);
      this.decayS = settings.decay_s;
    } else if (settings.decay_s && Math.abs(Math.log(settings.decay_s / this.decayS)) > Math.log(DECAY_CHANGE)) {
      this.decayS = settings.decay_s;
      this.decay(this.levelSource.offset, now, settings.decay_s);
    }
    if (gesture.strike) this.decay(this.snapSource.offset, now, this.piece.snap_s, 1);
  }

  /**
   * Let it fall away in this time constant, or in its own where that is shorter; then it is over.
   * @param {number} timeConstantS @param {number} ringTimes  time constants until it counts as silent
   */
  fade(timeConstantS, ringTimes) {
    const now = this.context.currentTime;
    this.decay(this.levelSource.offset, now, Math.min(timeConstantS, this.decayS));
    this.decay(this.snapSource.offset, now, Math.min(timeConstantS, this.piece.snap_s));
    const endS = now + ringTimes * timeConstantS + SILENT_S;
    for (const source of this.sources) source.stop(endS);
    this.sources[0].onended = () => {
      for (const node of this.nodes) node.disconnect();
    };
  }

  /** @param {AudioParam} param @param {number} now @param {number} timeConstantS @param {number} [from] */
  decay(param, now, timeConstantS, from) {
    param.cancelScheduledValues(now);
    if (from !== undefined) param.setValueAtTime(from, now);
    param.setTargetAtTime(0, now, Math.max(timeConstantS, 1e-4));
  }

  /** @param {string} name @param {number} value */
  scaled(name, value) {
    if (name === "pan") return panned(value);
    // The band-pass of the browser is 1 at its peak, that of the program as high as its Q.
    if (name === "noise_hit" || name === "noise_level") return value * quality(this.piece.noise_resonance);
    return value;
  }

  /** @param {GainNode} pitch @param {Record<string, number>} settings */
  vibrato(pitch, settings) {
    if (!this.piece.vibrato_cents[0] && !this.piece.vibrato_cents[1]) return;
    const wave = this.oscillator(settings.vibrato_rate_hz);
    this.params.vibrato_rate_hz = wave.frequency;
    this.params.vibrato_hz = this.gain(0, wave, pitch).gain;
  }

  /**
   * @param {Parts} parts @param {number} hz @param {GainNode} pitch @param {BiquadFilterNode} filter
   * @param {AudioNode} snap @param {AudioNode} level
   */
  tone(parts, hz, pitch, filter, snap, level) {
    const { piece } = this;
    const wave = parts.wave(tableRow(piece.wave, hz, parts.facts.sound));
    const first = this.oscillator(0, wave);
    pitch.connect(first.frequency);
    this.gain(piece.tone, first, filter);
    if (piece.partner) {
      const second = this.oscillator(0, wave);
      this.gain(piece.partner_ratio, pitch, second.frequency);
      this.gain(piece.partner, second, filter);
    }
    if (![...piece.mod_hit, ...piece.mod_level].some(Boolean)) return;
    const modulator = this.oscillator(0, parts.cosine);
    this.gain(piece.mod_ratio, pitch, modulator.frequency);
    const depth = this.gain(0); // times the angular frequency of the modulator
    this.params.mod_hit = this.gain(0, snap, depth).gain;
    this.params.mod_level = this.gain(0, level, depth).gain;
    this.gain(2 * Math.PI * piece.mod_ratio, pitch, depth.gain);
    const deviation = this.gain(0, modulator, first.frequency);
    depth.connect(deviation.gain);
  }

  /** @param {Parts} parts @param {AudioNode} snap @param {AudioNode} level */
  breath(parts, snap, level) {
    const { piece } = this;
    if (![...piece.noise_hit, ...piece.noise_level].some(Boolean)) return;
    const band = this.filter("bandpass", quality(piece.noise_resonance));
    this.params.noise_hz = band.frequency;
    parts.noise.connect(band);
    const amplifier = this.gain(0, band, this.out);
    this.params.noise_hit = this.gain(0, snap, amplifier.gain).gain;
    this.params.noise_level = this.gain(0, level, amplifier.gain).gain;
    // The shared source would hold on to the band.
    this.nodes.push(/** @type {any} */ ({ disconnect: () => parts.noise.disconnect(band) }));
  }

  source() {
    return this.started(new ConstantSourceNode(this.context, { offset: 0 }));
  }

  /** @param {number} hz @param {PeriodicWave} [wave] */
  oscillator(hz, wave) {
    return this.started(new OscillatorNode(this.context, { frequency: hz, periodicWave: wave }));
  }

  /** @param {number} value @param {AudioNode} [from] @param {AudioNode | AudioParam} [to] @returns {GainNode} */
  gain(value, from, to) {
    const gain = this.kept(new GainNode(this.context, { gain: value }));
    from?.connect(gain);
    if (to) gain.connect(/** @type {any} */ (to));
    return gain;
  }

  /** @param {BiquadFilterType} type @param {number} q */
  filter(type, q) {
    return this.kept(new BiquadFilterNode(this.context, { type, Q: q }));
  }

  /**
   * A source that starts and stops with the voice.
   * @template {ConstantSourceNode | OscillatorNode} Source @param {Source} source
   */
  started(source) {
    this.sources.push(source);
    return this.kept(source);
  }

  /**
   * A node that goes with the voice.
   * @template {AudioNode} Node @param {Node} node
   */
  kept(node) {
    this.nodes.push(node);
    return node;
  }
}
