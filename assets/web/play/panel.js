// @ts-check
/** The controls of the page: a knob for each number, a word for each choice, a button for what is on or off or done. */

import { makeChoice } from "../shared/choice.js";
import { makeKnob } from "../shared/knob.js";

/** @typedef {import("../engine/settings.js").Settings} Settings */
/** @typedef {{label: string, help: string, press: () => void}} Action */

/**
 * Knobs, words and switches of the parameters, which follow the settings whoever changes them.
 *
 * @param {HTMLElement} parent
 * @param {any[]} parameters
 * @param {Settings} settings
 */
export function addParameters(parent, parameters, settings) {
  const knobs = group(parent, "knobs");
  const words = group(parent, "words");
  const switches = group(parent, "switches");
  /** @type {Map<string, (value: any) => void>} */
  const shown = new Map();
  for (const parameter of parameters) {
    const { name, kind, label, help } = parameter;
    const set = (/** @type {any} */ value) => settings.set(name, value);
    if (kind === "switch") {
      const button = addButton(switches, { label, help, press: () => set(!settings.isOn(name)) });
      shown.set(name, (on) => press(button, on));
    } else {
      const control = kind === "number" ? makeKnob(parameter, set) : makeChoice(parameter, set);
      (kind === "number" ? knobs : words).append(control.element);
      shown.set(name, control.set);
    }
  }
  settings.subscribe((name, value) => shown.get(name)?.(value));
  return { words, switches };
}

/**
 * @param {HTMLElement} parent
 * @param {Action} action
 * @returns {HTMLButtonElement}
 */
export function addButton(parent, { label, help, press: pressed }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = label;
  button.title = help;
  button.addEventListener("click", pressed);
  parent.append(button);
  return button;
}

/**
 * A word that opens a list of things to do, or of things to choose from that are found out later.
 *
 * @param {HTMLElement} parent
 * @param {{name: string, label: string, help: string, default: string, choices: string[]}} about
 * @param {(choice: string) => void} chosen
 */
export function addMenu(parent, about, chosen) {
  const choice = makeChoice({ ...about, meanings: {} }, chosen);
  parent.append(choice.element);
  return choice;
}

/**
 * A whole number that a person types.
 *
 * @param {HTMLElement} parent
 * @param {{label: string, help: string, value: number, most: number}} about
 * @param {(value: number) => void} changed
 */
export function addNumber(parent, { label, help, value, most }, changed) {
  const element = document.createElement("label");
  element.className = "word number";
  element.title = help;
  const name = document.createElement("small");
  name.textContent = label;
  const input = document.createElement("input");
  Object.assign(input, { type: "text", inputMode: "numeric", value: String(value), maxLength: String(most).length });
  input.addEventListener("change", () => {
    const typed = Number(input.value);
    const isSound = Number.isInteger(typed) && typed >= 0 && typed <= most;
    if (isSound) value = typed;
    input.value = String(value);
    if (isSound) changed(value);
  });
  element.append(name, input);
  parent.append(element);
}

/**
 * @param {HTMLButtonElement} button
 * @param {boolean} on
 */
export function press(button, on) {
  button.setAttribute("aria-pressed", String(on));
}

/**
 * @param {HTMLElement} parent
 * @param {string} name
 */
function group(parent, name) {
  const element = document.createElement("div");
  element.className = name;
  parent.append(element);
  return element;
}
