// @ts-check
/** The controls of the page: modes, knobs, choices, switches and buttons, as the table of parameters has them. */
import { facts } from "../sketch/facts.js";

const STEPS = 200; // of a slider

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
 * The modes as buttons, one of which is chosen.
 * @param {import("../sketch/settings.js").Settings} settings
 * @returns {HTMLButtonElement[]}
 */
export function modeButtons(settings) {
  const buttons = facts.modes.map((/** @type {any} */ mode) => {
    const button = element("button", { id: `mode-${mode.name}`, title: mode.words }, mode.name);
    button.setAttribute("role", "radio");
    button.addEventListener("click", () => settings.set("mode", mode.name));
    return button;
  });
  const show = () => facts.modes.forEach((/** @type {any} */ mode, /** @type {number} */ i) => {
    buttons[i].setAttribute("aria-checked", `${settings.get("mode") === mode.name}`);
  });
  settings.subscribe((name) => name === "mode" && show());
  show();
  return buttons;
}

/**
 * A slider for a number.
 * @param {import("../sketch/settings.js").Settings} settings
 * @param {string} name
 * @returns {HTMLElement}
 */
export function knob(settings, name) {
  const { label, low, high, logarithmic, unit, help, default: usual } = settings.parameters.get(name);
  const toShare = (/** @type {number} */ value) => (logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low));
  const toValue = (/** @type {number} */ share) => (logarithmic ? low * (high / low) ** share : low + share * (high - low));
  const input = element("input", { type: "range", min: "0", max: `${STEPS}`, step: "1", id: name, title: help });
  const output = element("output");
  const show = () => {
    const share = toShare(settings.get(name));
    input.value = `${Math.round(STEPS * share)}`;
    input.style.setProperty("--at", `${100 * share}%`);
    output.value = `${settings.get(name).toPrecision(2)}${unit}`;
  };
  // Near to its usual value a knob has that.
  const near = (/** @type {number} */ share) => Math.abs(share - toShare(usual)) < 1.5 / STEPS;
  input.addEventListener("input", () => {
    const share = Number(input.value) / STEPS;
    settings.set(name, near(share) ? usual : Math.min(high, Math.max(low, toValue(share))));
  });
  input.addEventListener("dblclick", () => settings.set(name, usual));
  settings.subscribe((changed) => changed === name && show());
  show();
  return element("label", { className: "knob" }, element("span", {}, label), output, input);
}

/**
 * A list of words of which one is chosen.
 * @param {import("../sketch/settings.js").Settings} settings
 * @param {string} name
 * @returns {HTMLElement}
 */
export function choice(settings, name) {
  const { label, choices, help } = settings.parameters.get(name);
  const select = element("select", { id: name, title: help });
  select.append(...choices.map((/** @type {string} */ word) => element("option", { value: word }, word)));
  const show = () => (select.value = settings.get(name));
  select.addEventListener("change", () => settings.set(name, select.value));
  settings.subscribe((changed) => changed === name && show());
  show();
  return element("label", { className: "field" }, label, select);
}

/**
 * A button that is on or off.
 * @param {import("../sketch/settings.js").Settings} settings
 * @param {string} name
 * @returns {HTMLButtonElement}
 */
export function toggle(settings, name) {
  const { label, help } = settings.parameters.get(name);
  const button = element("button", { id: name, title: help }, label);
  const show = () => button.setAttribute("aria-pressed", `${settings.get(name)}`);
  button.addEventListener("click", () => settings.set(name, !settings.get(name)));
  settings.subscribe((changed) => changed === name && show());
  show();
  return button;
}

/**
 * A field for the seed: the same one makes the same ghost as on the desktop.
 * @param {number} seed
 * @param {(seed: number) => void} chosen
 * @returns {HTMLElement}
 */
export function seedField(seed, chosen) {
  const input = element("input", { id: "seed", type: "text", inputMode: "numeric", autocomplete: "off", value: `${seed}` });
  input.addEventListener("change", () => {
    const number = Number(input.value.trim());
    if (input.value.trim() && Number.isSafeInteger(number) && number >= 0) chosen(number);
    else input.value = `${seed}`;
  });
  return element("label", { className: "field", title: "the same seed is the same ghost, here and on the desktop" }, "seed", input);
}

/** Keys and what they press. */
export const KEYS = /** @type {Record<string, string>} */ ({
  Enter: "finish", z: "undo", u: "undo", r: "clear", Delete: "clear", n: "next", w: "save-svg", " ": "pause", x: "fast", m: "hear",
});
