// @ts-check
/** The numbers that Python tunes, by module and name: the facts under "engine". See app/runtime/web_engine_facts.py. */

/** @type {Record<string, any>} */
export let constants = {};

/**
 * Set the numbers, before anything of the engine is made.
 *
 * @param {Record<string, any>} engineFacts `facts.engine`
 */
export function useConstants(engineFacts) {
  constants = engineFacts;
}
