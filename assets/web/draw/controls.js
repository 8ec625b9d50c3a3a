// @ts-check
/** The controls of the page, bound to its settings: modes, knobs, choices, switches and buttons. */
import { makeChoice } from "../shared/choice.js";
import { makeKnob } from "../shared/knob.js";
import { facts } from "../sketch/facts.js";

/** @typedef {import("../sketch/settings.js").Settings} Settings */

/**
 * An element with its properties and children.
 * @param {string} tag
 * @param {Record<string, any>} properties
 * @param {(Node | string)[]} children
 * @returns {any}
 */
export function element(tag, properties = {}, ...children) {
  const found = Object.assign(document.createElement(tag), properties);
  found.append(...children);
  return found;
}

/**
 * A button.
 * @param {string} id
 * @param {string} word
 * @param {string} help
 * @param {() => void} act
 * @returns {HTMLButtonElement}
 */
export function button(id, word, help, act) {
  const found = element("button", { id, title: help, type: "button", className: "button" }, word);
  found.addEventListener("click", act);
  return found;
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
 * A knob for a number.
 * @param {Settings} settings
 * @param {string} name
 * @returns {HTMLElement}
 */
export function knob(settings, name) {
  const found = makeKnob(settings.parameters.get(name), (value) => settings.set(name, value));
  follow(settings, name, found.set);
  return found.element;
}

/**
 * A word that stands for a choice.
 * @param {Settings} settings
 * @param {string} name
 * @returns {HTMLElement}
 */
export function choice(settings, name) {
  const found = makeChoice(settings.parameters.get(name), (value) => settings.set(name, value));
  follow(settings, name, found.set);
  return Object.assign(found.element, { id: name });
}

/**
 * A button that is on or off.
 * @param {Settings} settings
 * @param {string} name
 * @returns {HTMLButtonElement}
 */
export function toggle(settings, name) {
  const { label, help } = settings.parameters.get(name);
  const found = button(name, label, help, () => settings.set(name, !settings.get(name)));
  follow(settings, name, (value) => found.setAttribute("aria-pressed", `${value}`));
  return found;
}

/**
 * A field for the seed: the same one makes the same ghost as on the desktop.
 * @param {number} seed
 * @param {(seed: number) => void} chosen
 * @returns {HTMLElement}
 */
export function seedField(seed, chosen) {
  const input = element("input", { id: "seed", type: "text", inputMode: "numeric", autocomplete: "off", value: `${seed}` });
  let known = input.value;
  input.addEventListener("change", () => {
    const word = input.value.trim();
    if (/^\d{1,15}$/.test(word)) chosen(Number((known = word)));
    input.value = known;
  });
  input.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && input.blur());
  const help = "the same seed is the same ghost, here and on the desktop";
  return element("label", { className: "word", title: help }, element("small", {}, "seed"), input);
}

/** Keys and the buttons they press. @type {Record<string, string>} */
export const KEYS = {
  Enter: "finish", z: "undo", u: "undo", r: "clear", Delete: "clear", n: "next", w: "save-svg", " ": "pause",
  x: "fast", m: "hear",
};
