// @ts-check
/** The controls of the page, bound to its settings. */
import { makeControl } from "../shared/control.js";
import { makeButton } from "../shared/elements.js";
import { facts } from "../sketch/facts.js";

/** @typedef {import("../sketch/settings.js").DrawSettings} Settings */

/**
 * A button that is found by its id.
 * @param {string} id
 * @param {string} label
 * @param {string} help
 * @param {() => void} pressed
 * @returns {HTMLButtonElement}
 */
export function button(id, label, help, pressed) {
  return Object.assign(makeButton(label, help, pressed), { id });
}

/** Show a setting now and whenever it changes. */
function follow(/** @type {Settings} */ settings, /** @type {string} */ name, /** @type {(value: any) => void} */ show) {
  settings.subscribe((changed, value) => changed === name && show(value));
  show(settings.get(name));
}

/**
 * The modes as buttons, one of which is chosen.
 * @param {Settings} settings
 * @returns {HTMLButtonElement[]}
 */
export function modeButtons(settings) {
  return facts.modes.map((/** @type {any} */ mode) => {
    const one = button(`mode-${mode.name}`, mode.name, mode.words, () => settings.set("mode", mode.name));
    one.setAttribute("role", "radio");
    follow(settings, "mode", (name) => one.setAttribute("aria-checked", `${name === mode.name}`));
    return one;
  });
}

/**
 * What a parameter is set with.
 * @param {Settings} settings
 * @param {string} name
 * @returns {HTMLElement}
 */
export function control(settings, name) {
  const { element, set } = makeControl(settings.parameters.get(name), (value) => settings.set(name, value));
  follow(settings, name, set);
  return Object.assign(element, { id: name });
}

/** Keys and the buttons they press. @type {Record<string, string>} */
export const KEYS = {
  Enter: "finish", z: "undo", u: "undo", r: "clear", Delete: "clear", n: "next", w: "save-svg", " ": "pause",
  x: "fast", m: "hear",
};
