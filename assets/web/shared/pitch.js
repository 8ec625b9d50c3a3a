// @ts-check
/**
 * From the canvas to pitch, as `app/core/pitch.py`: x to a MIDI note number, drawn to a scale, and on to Hz.
 * @module pitch
 */

/** @typedef {{tonic: number, hysteresis: number, scales: Record<string, number[]>}} PitchFacts */

/**
 * The MIDI note, fractional, at `x`, a fraction of a register.
 * @param {number} x
 * @param {[number, number]} register  lowest and highest note
 */
export function noteAt(x, register) {
  return register[0] + x * (register[1] - register[0]);
}

/**
 * `note` drawn to the nearest degree of a scale; a scale without degrees returns it as it is. Ties go down.
 * @param {PitchFacts} facts
 * @param {number} note
 * @param {string} scale
 * @param {number | null} [held]  the degree that sounds now, kept until another is clearly nearer
 */
export function quantise(facts, note, scale, held = null) {
  const degrees = facts.scales[scale];
  if (!degrees.length) return note;
  const octave = 12 * Math.floor((note - facts.tonic) / 12) + facts.tonic;
  let nearest = Infinity;
  let isCandidate = false;
  for (let shift = -12; shift <= 12; shift += 12) {
    for (const degree of degrees) {
      const candidate = octave + shift + degree;
      if (Math.abs(candidate - note) < Math.abs(nearest - note)) nearest = candidate;
      if (candidate === held) isCandidate = true;
    }
  }
  if (held !== null && isCandidate && Math.abs(held - note) < Math.abs(nearest - note) + facts.hysteresis) {
    return held;
  }
  return nearest;
}

/** Equal temperament, MIDI note 69 is 440 Hz. @param {number} note */
export function frequencyHz(note) {
  return 440 * 2 ** ((note - 69) / 12);
}
