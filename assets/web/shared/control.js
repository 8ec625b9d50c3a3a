// @ts-check
/**
 * What a person sets a parameter with: a knob for a number, a word for a choice, a button for what is on or off.
 * @module control
 */

import { makeChoice } from "./choice.js";
import { makeButton, showPressed } from "./elements.js";
import { makeKnob } from "./knob.js";

/**
 * @typedef {object} Control
 * @property {HTMLElement} element
 * @property {(value: any) => void} set  show a value
 * @property {boolean} [isHeld]  a finger turns it now
 */

/**
 * @param {any} parameter  what `web_facts` tells of it @param {(value: any) => void} chosen  the person set it
 * @returns {Control}
 */
export function makeControl(parameter, chosen) {
  if (parameter.kind === "number") return makeKnob(parameter, chosen);
  return parameter.kind === "choice" ? makeChoice(parameter, chosen) : makeSwitch(parameter, chosen);
}

/**
 * A control of a setting, which follows it whoever changes it.
 * @param {import("./settings.js").Settings} settings @param {string} name @returns {HTMLElement}
 */
export function boundControl(settings, name) {
  const { element, set } = makeControl(settings.parameters.get(name), (value) => settings.set(name, value));
  set(settings.get(name));
  settings.subscribe((changed, value) => changed === name && set(value));
  return element;
}

/** @param {any} parameter @param {(value: boolean) => void} switched */
function makeSwitch({ name, label, help, default: value }, switched) {
  /** @param {boolean} now */
  const set = (now) => showPressed(element, (value = now));
  const element = makeButton(label, help, () => {
    set(!value);
    switched(value);
  });
  element.dataset.name = name;
  set(value);
  return { element, set };
}
