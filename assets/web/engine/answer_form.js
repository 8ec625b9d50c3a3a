// @ts-check
/** The form of an answer: near, varied, departed, back and home, for how long each. See app/engine/answer_form.py. */

/**
 * A part of an answer.
 *
 * @typedef {object} Section
 * @property {number} share of the phrase's seconds it lasts, about
 * @property {number} strength multiplies likeness
 * @property {number} bend how far its material is bent
 * @property {number} mirrored how often it is mirrored, as a probability
 * @property {number} elsewhere how often it is taken from another phrase of the evening, as a probability
 */

/** @typedef {{near: Section, round: Section[], home: Section}} Form */

/**
 * An answer in the making, which is `seconds` long so far.
 *
 * @typedef {object} InTheMaking
 * @property {number} seconds
 * @property {(section: Section, seconds: number, fromStart?: boolean) => void} add
 * @property {(section: Section, seconds: number) => void} addEnd
 */

/**
 * Add sections to `course`, which has none yet, for about `seconds`.
 *
 * @param {Form} form
 * @param {InTheMaking} course
 * @param {number} phraseS how long the phrase is that is answered
 * @param {number} seconds
 * @param {{integers(low: number, high: number): number}} rng
 * @param {{begins: boolean, ends: boolean}} how whether it is the first part, the last part
 */
export function layOut(form, course, phraseS, seconds, rng, { begins, ends }) {
  const wholeS = Math.max(phraseS, 0.5);
  const homeS = ends ? Math.min(form.home.share * wholeS, 0.35 * seconds) : 0;
  if (begins) course.add(form.near, Math.min(form.near.share * wholeS, 0.35 * seconds), true);
  let sections = begins ? 0 : rng.integers(0, form.round.length);
  while (course.seconds < seconds - 1.4 * homeS) {
    const section = form.round[sections % form.round.length];
    course.add(section, Math.min(section.share * wholeS, seconds - homeS - course.seconds));
    sections += 1;
  }
  if (ends) course.addEnd(form.home, seconds - course.seconds);
}
