// @ts-check
/**
 * Who plays where: what sounds, on the picture and in the ear. Own voices at once, everybody else's as the
 * program tells them; each person in a colour, the ghost in its own.
 * @module players
 */

/** @typedef {[number, number, number]} Colour */
/** @typedef {"player" | "ghost"} Source */

// Keys of the painter and of the sound, so that nobody's finger is taken for another's.
const OWN = 0;
const OTHERS = 10_000;
const GHOST = 20_000;
const KNOBS = 1000; // added: knobs have voices of their own, so many of each controller
const MOST_KNOBS = 64;
const KEYS = 6000; // added: so have keys

export class Players {
  /**
   * @param {any} facts @param {import("../shared/paint.js").Painter} painter
   * @param {import("../shared/sound.js").Sound} sound
   */
  constructor(facts, painter, sound) {
    this.facts = facts;
    this.painter = painter;
    this.sound = sound;
    this.person = 0;
    /** @type {Colour} */
    this.colour = facts.palette.people[0];
    this.mode = "";
    /** A person, this one or another, has played since it was last asked. */
    this.hasPlayed = false;
    /** @type {Map<number, number>} colours of the others, by person */
    this.colours = new Map();
    /** @type {Map<number, number[]>} knobs as they were told last, by key */
    this.knobs = new Map();
    /** @type {Set<number>} what is down */
    this.down = new Set();
  }

  /** Who this page is. @param {number} person @param {number} colour */
  welcome(person, colour) {
    this.person = person;
    this.colours.clear();
    this.colour = this.personColour(colour);
  }

  /** Own finger. @param {number} finger @param {number} x @param {number} y @param {boolean} moving @param {number} pressure */
  touch(finger, x, y, moving, pressure) {
    this.touched(OWN + finger, "player", this.colour, x, y, moving, pressure);
  }

  /** @param {number} finger */
  release(finger) {
    this.released(OWN + finger);
  }

  /** Own key, up with a velocity of 0. @param {number} pitch @param {number} velocity */
  note(pitch, velocity) {
    this.noted(OWN + KEYS + pitch, "player", this.colour, pitch, velocity);
  }

  /** Own knobs. @param {number[]} values */
  values(values) {
    this.turned(OWN + KNOBS, "player", this.colour, values);
  }

  /** What the program tells. @param {any[]} message */
  heard([verb, source, ...rest]) {
    const base = source === "ghost" ? GHOST : OTHERS;
    if (verb === "touch") {
      const [voice, x, y, moving, pressure, person] = rest;
      this.touched(base + voice, source, this.colourOf(source, voice, person), x, y, moving, pressure);
    } else if (verb === "release") {
      const [voice] = rest;
      this.released(base + voice);
      for (const key of this.knobKeys(base + KNOBS + MOST_KNOBS * voice)) this.released(key);
    } else if (verb === "note") {
      const [pitch, velocity, person] = rest;
      const colour = this.colourOf(source, Math.floor(pitch / 12), person);
      this.noted(base + KEYS + pitch, source, colour, pitch, velocity);
    } else if (verb === "values") {
      const [values, voice, person] = rest;
      this.turned(base + KNOBS + MOST_KNOBS * voice, source, this.colourOf(source, voice, person), values);
    }
  }

  /** All that others do ends: the connection is lost, or somebody called for silence. */
  endOthers() {
    for (const key of [...this.down]) if (key >= OTHERS) this.released(key);
    this.knobs.clear();
  }

  /** @param {number} key @param {Source} source @param {Colour} colour @param {number} x @param {number} y @param {boolean} moving @param {number} pressure */
  touched(key, source, colour, x, y, moving, pressure) {
    this.hasPlayed ||= source === "player";
    this.down.add(key);
    this.painter.touch(key, source, colour, x, y, moving, pressure, performance.now());
    this.sound.touch(key, source, x, y, moving, pressure);
  }

  /** @param {number} key */
  released(key) {
    if (!this.down.delete(key)) return;
    this.painter.release(key, performance.now());
    this.sound.release(key);
  }

  /** @param {number} key @param {Source} source @param {Colour} colour @param {number} pitch @param {number} velocity */
  noted(key, source, colour, pitch, velocity) {
    if (velocity <= 0) {
      this.released(key);
      return;
    }
    this.hasPlayed ||= source === "player";
    this.down.add(key);
    this.painter.note(key, source, colour, pitch, velocity, performance.now());
    this.sound.note(key, source, pitch, velocity);
  }

  /**
   * Knobs side by side, as the window draws them: 1 at the top; and heard as fingers whose x is the value.
   * @param {number} base @param {Source} source @param {Colour} colour @param {number[]} values
   */
  turned(base, source, colour, values) {
    const before = this.knobs.get(base);
    this.knobs.set(base, values);
    this.hasPlayed ||= source === "player";
    values.forEach((value, index) => {
      const key = base + index;
      if (before && before[index] === value) return;
      const isDown = this.down.has(key);
      this.painter.touch(key, source, colour, (index + 0.5) / values.length, 1 - value, isDown, 1, performance.now());
      if (!before) {
        // The first report only says where the knobs stand.
        this.painter.release(key, performance.now());
        return;
      }
      this.down.add(key);
      if (Math.abs(value - before[index]) >= this.facts.sound.knob_step) {
        this.sound.touch(key, source, value, (index + 0.5) / values.length, true, 1);
      }
    });
  }

  /** Keys of the knobs of a controller that are down. @param {number} base */
  knobKeys(base) {
    return [...this.down].filter((key) => key >= base && key < base + MOST_KNOBS);
  }

  /** @param {Source} source @param {number} voice @param {number | null} person @returns {Colour} */
  colourOf(source, voice, person) {
    const { palette, modes, first_voices: first } = this.facts;
    if (source === "ghost") {
      const repeats = modes[this.mode]?.first_repeat;
      if (repeats === null || repeats === undefined || voice < repeats) return cycled(palette.ghost, voice);
      return cycled(palette.player, voice - repeats);
    }
    if (person === null) return cycled(palette.player, voice);
    if (person === this.person) return this.colour;
    // Everybody's first finger has a voice that says which colour is theirs.
    const tells = voice >= first[0] && voice < first[1] && !this.colours.has(person);
    if (tells) this.colours.set(person, voice - first[0]);
    return this.personColour(this.colours.get(person) ?? person - 1);
  }

  /** @param {number} number @returns {Colour} */
  personColour(number) {
    return cycled(this.facts.palette.people, number);
  }
}

/** @param {Colour[]} colours @param {number} number */
function cycled(colours, number) {
  return colours[number % colours.length];
}
