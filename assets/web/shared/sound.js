// @ts-check
/**
 * The sound of a page: touches and notes of both sides on WebAudio voices, as `app/sound/ensemble.py`. Silent
 * until `start`, which a browser allows in a gesture of the person only.
 * @module sound
 */

import { begin, beginNote, pieceAt, pieceOf } from "./articulation.js";
import { AudioMixer } from "./audio_mixer.js";
import { AudioVoice } from "./audio_voice.js";

/** @typedef {"player" | "ghost"} Source */
/** @typedef {{source: Source, stroke: import("./articulation.js").Stroke, voice: AudioVoice, touchedS: number}} Held */

const PANIC_FADE_S = 0.004;

export class Sound {
  /**
   * @param {any} facts  what `web_facts` tells
   * @param {{context?: BaseAudioContext, nowS?: () => number}} [options]  a context of the caller's own, and its
   *   clock, where sound is rendered and not heard
   */
  constructor(facts, options = {}) {
    this.facts = facts;
    this.nowS = options.nowS ?? (() => performance.now() / 1000);
    /** @type {BaseAudioContext | null} */
    this.context = null;
    /** @type {AudioMixer | null} */
    this.mixer = null;
    /** @type {Map<any, Held>} in the order in which they began */
    this.held = new Map();
    /** @type {Set<any>} fingers whose voice was taken for another */
    this.muted = new Set();
    this.isHushed = false;
    /** Whether it is to sound: the system may hold it for a while, as for a call. */
    this.isWanted = false;
    /** @type {Record<string, any>} */
    this.settings = {};
    for (const { name, default: value } of facts.parameters) this.settings[name] = value;
    if (options.context) this.open(options.context);
  }

  /** Whether it sounds. */
  get isOn() {
    return this.context !== null && this.context.state === "running";
  }

  /** Begin to sound, or go on. To be called in a gesture. Rejects where no sound can be had. */
  async start() {
    if (!this.context) {
      // On a phone whose switch says silence an instrument that was asked to sound does so.
      const session = /** @type {any} */ (navigator).audioSession;
      if (session) session.type = "playback";
      this.open(new AudioContext({ latencyHint: "interactive" }));
    }
    this.isWanted = true;
    await /** @type {AudioContext} */ (this.context).resume();
  }

  /** Go on after the system held the sound; to be called in a gesture. It costs nothing where nothing is to do. */
  wake() {
    if (!this.isWanted || this.isOn) return;
    /** @type {AudioContext} */ (this.context).resume().catch(() => {});
  }

  /** Be silent until `start`, and use no processor. */
  async stop() {
    this.isWanted = false;
    this.silence();
    await /** @type {AudioContext | null} */ (this.context)?.suspend();
  }

  /** @param {BaseAudioContext} context */
  open(context) {
    this.context = context;
    this.mixer = new AudioMixer(context, this.facts);
    this.setVolume();
  }

  /**
   * A voice is at (x, y), fractions of the canvas.
   * @param {any} key @param {Source} source @param {number} x @param {number} y
   * @param {boolean} moving  false where it comes down @param {number} pressure  (0, 1]
   */
  touch(key, source, x, y, moving, pressure) {
    if (!this.mixer) return;
    if (!moving) this.release(key);
    else if (this.muted.has(key)) return; // or many moving fingers would take voices from each other for ever
    const nowS = this.nowS();
    const { scale } = this.settings;
    const held = this.held.get(key);
    if (held) {
      held.touchedS = nowS;
      held.voice.apply(held.stroke.move(nowS, x, y, pressure, scale));
      return;
    }
    const piece = pieceAt(this.pieces(source), x, y);
    const pan = this.facts.sound.places[source];
    this.begin(key, source, piece, begin(this.facts, piece, nowS, x, y, pressure, scale, pan));
  }

  /** A key goes down. @param {any} key @param {Source} source @param {number} pitch @param {number} velocity  1 to 127 */
  note(key, source, pitch, velocity) {
    if (!this.mixer) return;
    this.release(key);
    const piece = pieceOf(this.pieces(source), pitch);
    const pan = this.facts.sound.places[source];
    this.begin(key, source, piece, beginNote(this.facts, piece, this.nowS(), pitch, velocity, pan));
  }

  /** A voice ended; no harm if it did not sound. @param {any} key @param {number} [fadeS]  instead of its own release */
  release(key, fadeS) {
    this.muted.delete(key);
    const held = this.held.get(key);
    if (!held) return;
    this.held.delete(key);
    held.voice.fade(fadeS ?? held.stroke.releaseS(), this.facts.sound.ring_times);
  }

  /** Take a parameter of the sound: instrument, scale or volume. @param {string} name @param {any} value */
  set(name, value) {
    if (this.settings[name] === value) return;
    this.settings[name] = value;
    if (name === "instrument") for (const key of [...this.held.keys()]) this.release(key);
    if (name === "volume") this.setVolume();
  }

  /** Silence at once, echoes included; the next event opens the volume again. */
  silence() {
    for (const key of [...this.held.keys()]) this.release(key, PANIC_FADE_S);
    this.muted.clear();
    this.mixer?.hush();
    this.isHushed = true;
  }

  /** @param {any} key @param {Source} source @param {any} piece @param {[import("./articulation.js").Stroke, any]} begun */
  begin(key, source, piece, [stroke, gesture]) {
    const mixer = /** @type {AudioMixer} */ (this.mixer);
    if (this.isHushed) this.setVolume();
    const { limits, ring_times, steal_fade_s, max_rest_s } = this.facts.sound;
    const nowS = this.nowS();
    let n = 0;
    let oldest = null;
    for (const [other, held] of this.held) {
      if (held.source === "ghost" && nowS - held.touchedS > max_rest_s) this.release(other);
      else if (held.source === source && n++ === 0) oldest = other;
    }
    if (n >= limits[source]) {
      this.release(oldest, steal_fade_s / ring_times);
      this.muted.add(oldest);
    }
    const parts = { context: mixer.context, facts: this.facts, noise: mixer.noise, dry: mixer.dry, send: mixer.send, wave: mixer.wave, cosine: mixer.cosine };
    this.held.set(key, { source, stroke, voice: new AudioVoice(parts, piece, gesture), touchedS: nowS });
  }

  /** The volume parameter as a linear gain: square law. */
  setVolume() {
    this.isHushed = false;
    this.mixer?.setVolume(this.settings.volume ** 2);
  }

  /** @param {Source} source */
  pieces(source) {
    const instrument = this.facts.instruments[this.settings.instrument];
    return source === "ghost" ? instrument.ghost_pieces : instrument.pieces;
  }
}
