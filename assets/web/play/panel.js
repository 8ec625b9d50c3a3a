// @ts-check
/** The controls of the page, which follow its settings. */

import { boundControl } from "../shared/control.js";
import { element } from "../shared/elements.js";

/** @import { Settings } from "../shared/settings.js" */

/**
 * Knobs, words and switches of the parameters, but of choices that have one choice.
 *
 * @param {HTMLElement} parent
 * @param {Settings} settings
 */
export function addParameters(parent, settings) {
  const [knobs, words, switches] = ["knobs", "words", "switches"].map((className) => element("div", { className }));
  parent.append(knobs, words, switches);
  /** @type {Record<string, HTMLElement>} */
  const rooms = { number: knobs, choice: words, switch: switches };
  for (const { name, kind, choices } of settings.parameters.values()) {
    if (!choices || choices.length > 1) rooms[kind].append(boundControl(settings, name));
  }
  return { words, switches };
}
