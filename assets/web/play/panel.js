// @ts-check
/** The controls of the page, which follow its settings. */

import { makeControl } from "../shared/control.js";
import { element } from "../shared/elements.js";

/** @typedef {import("../shared/settings.js").Settings} Settings */

/**
 * Knobs, words and switches of the parameters, which follow the settings whoever changes them.
 *
 * @param {HTMLElement} parent
 * @param {any[]} parameters
 * @param {Settings} settings
 */
export function addParameters(parent, parameters, settings) {
  const [knobs, words, switches] = ["knobs", "words", "switches"].map((className) => element("div", { className }));
  parent.append(knobs, words, switches);
  /** @type {Record<string, HTMLElement>} */
  const rooms = { number: knobs, choice: words, switch: switches };
  /** @type {Map<string, (value: any) => void>} */
  const shown = new Map();
  for (const parameter of parameters) {
    const { name, kind } = parameter;
    const control = makeControl(parameter, (value) => settings.set(name, value));
    rooms[kind].append(control.element);
    shown.set(name, control.set);
  }
  settings.subscribe((name, value) => shown.get(name)?.(value));
  return { words, switches };
}
