// @ts-check
/** The controls of the page, bound to its settings. */
import { boundControl } from "../shared/control.js";
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

/**
 * The modes as buttons, one of which is chosen.
 * @param {Settings} settings
 * @returns {HTMLButtonElement[]}
 */
export function modeButtons(settings) {
  return facts.modes.map((/** @type {any} */ mode) => {
    const one = button(`mode-${mode.name}`, mode.name, mode.words, () => settings.set("mode", mode.name));
    one.setAttribute("role", "radio");
    const show = () => one.setAttribute("aria-checked", `${settings.get("mode") === mode.name}`);
    settings.subscribe(show);
    show();
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
  return Object.assign(boundControl(settings, name), { id: name });
}

/** Keys and the buttons they press. @type {Record<string, string>} */
export const KEYS = {
  Enter: "finish", z: "undo", u: "undo", r: "clear", Delete: "clear", n: "next", w: "save-svg", " ": "pause",
  x: "fast", m: "hear",
};
