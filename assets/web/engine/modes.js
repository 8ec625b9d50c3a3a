// @ts-check
/** The modes as data, from the facts: which of player and ghost plays when. See app/core/modes.py. */

import { constants } from "./constants.js";

/**
 * @typedef {object} Mode
 * @property {string} name
 * @property {"NEVER" | "AFTER_SILENCE" | "WITH_PLAYER" | "ALONE"} begins what makes the ghost begin
 * @property {boolean} hears the ghost's memory takes in what the player plays
 * @property {boolean} yields a touch silences the ghost at once
 * @property {boolean} branches the ghost plays on a copy of its memory of the player
 * @property {boolean} judges what it plays is chosen among several proposals
 * @property {number} chunk_events how many events are sampled ahead at a time
 * @property {string} help
 * @property {string} you
 * @property {string} ghost
 */

/**
 * @param {string} name
 * @returns {Mode}
 */
export function modeOf(name) {
  return constants.modes[name];
}
