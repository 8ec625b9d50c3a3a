// @ts-check
/**
 * The ghost's touches as notes on a Web MIDI port, on one channel: the nearest note of the scale; moving across plays
 * the next one, height is controller 74. See app/midi/touches_out.py.
 */

import { local, pieceAt } from "../shared/articulation.js";
import { noteAt, quantise } from "../shared/pitch.js";

/** @import { Event } from "../engine/events.js" */
/** @import { Settings } from "../shared/settings.js" */

const CHANNEL = 1; // the second: the first is the player's on the desktop
const [NOTE_ON, NOTE_OFF, CONTROL_CHANGE] = [0x90, 0x80, 0xb0].map((status) => status | CHANNEL);
const [BRIGHTNESS, ALL_NOTES_OFF] = [74, 123];
const FULL = 127;

/** Whether this browser has Web MIDI. */
export const HAS_MIDI = "requestMIDIAccess" in navigator;

/** Sends notes to a port that a person chose. */
export class MidiOut {
  /** @param {any} facts @param {Settings} settings instrument and scale */
  constructor(facts, settings) {
    this._facts = facts;
    this._settings = settings;
    /** @type {any} */
    this._access = null;
    /** @type {any} */
    this._port = null;
    /** @type {Map<number, number>} */
    this._notes = new Map(); // which note a voice holds
    this._height = -1; // that was sent last
  }

  /**
   * The ports there are; asks the person the first time, and rejects if they refuse.
   *
   * @returns {Promise<{id: string, name: string}[]>}
   */
  async ports() {
    this._access ??= await /** @type {any} */ (navigator).requestMIDIAccess();
    return [...this._access.outputs.values()].map(({ id, name }) => ({ id, name: name ?? id }));
  }

  /**
   * Send to this port from here on.
   *
   * @param {string} id "" for none
   */
  choose(id) {
    this.silence();
    this._port = this._access?.outputs.get(id) ?? null;
  }

  /** @param {Event} event of the ghost */
  play(event) {
    if (!this._port) return;
    const held = this._notes.get(event.voice);
    if (event.kind === "release") {
      this._stop(event.voice);
      return;
    }
    const piece = pieceAt(this._facts.instruments[this._settings.get("instrument")].ghost_pieces, event.x, event.y);
    const [across, height] = local(piece, event.x, event.y);
    const note = piece.midi ?? this._nearest(noteAt(across, piece.register), event.moving ? (held ?? null) : null);
    const brightness = Math.round(FULL * height);
    if (brightness !== this._height) this._port.send([CONTROL_CHANGE, BRIGHTNESS, brightness]);
    this._height = brightness;
    if (event.moving && (note === held || piece.midi !== null)) return;
    this._stop(event.voice);
    this._port.send([NOTE_ON, note, FULL]);
    this._notes.set(event.voice, note);
  }

  /** Every note ends. */
  silence() {
    for (const voice of [...this._notes.keys()]) this._stop(voice);
    this._port?.send([CONTROL_CHANGE, ALL_NOTES_OFF, 0]);
  }

  /** @param {number} voice */
  _stop(voice) {
    const note = this._notes.get(voice);
    if (note === undefined) return;
    this._port.send([NOTE_OFF, note, 0]);
    this._notes.delete(voice);
  }

  /**
   * @param {number} note
   * @param {number | null} held
   */
  _nearest(note, held) {
    const scale = this._settings.get("scale");
    const steps = scale === "free" ? "chromatic" : scale;
    return Math.min(Math.max(Math.round(quantise(this._facts.pitch, note, steps, held)), 0), FULL);
  }
}
