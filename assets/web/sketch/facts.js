// @ts-check
/**
 * The tuned numbers, modes, parameters and colours of the drawing canvas, as Python writes them
 * (`app.window.draw.web_facts`): no module here types one of them again. Set them before anything else runs.
 */

/** @type {any} */
export let facts = null;

/**
 * Use these facts from here on.
 * @param {any} found what `draw_facts` gives
 */
export function useFacts(found) {
  facts = found;
}

/** Who draws. */
export const PLAYER = "player";
export const GHOST = "ghost";
