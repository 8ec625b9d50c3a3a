// @ts-check
/**
 * A word that stands for a choice: a tap opens its choices, each with what it means, and a tap takes one.
 * @module choice
 */

import { element } from "./elements.js";

/**
 * @typedef {object} ChoiceFacts  a parameter of kind `choice`
 * @property {string} name
 * @property {string} label
 * @property {string} help
 * @property {string} default
 * @property {string[]} choices
 * @property {Record<string, string>} [meanings]
 */

/**
 * @param {ChoiceFacts} parameter
 * @param {(value: string) => void} chosen  the person took one
 */
export function makeChoice(parameter, chosen) {
  const word = element("b");
  const about = { type: "button", className: "word", title: parameter.help, ariaHasPopup: "listbox" };
  const button = element("button", about, element("small", {}, parameter.label), word);
  button.dataset.name = parameter.name;
  const menu = element("div", { className: "menu", popover: "auto", role: "listbox", ariaLabel: parameter.label });
  button.popoverTargetElement = menu; // the browser opens and closes it
  let value = parameter.default;

  /** Show a value. @param {string} now */
  const set = (now) => {
    value = now;
    word.textContent = now;
    button.ariaLabel = `${parameter.label}: ${now}`;
  };
  const fill = () => {
    const entries = parameter.choices.map((choice) => makeEntry(parameter, choice, choice === value, ({ detail }) => {
      menu.hidePopover();
      if (detail) button.blur(); // a tap leaves the keys to the page
      set(choice);
      chosen(choice);
    }));
    menu.replaceChildren(...entries);
    entries[Math.max(0, parameter.choices.indexOf(value))].autofocus = true;
    menu.style.opacity = "0"; // until it is at its place
  };

  menu.addEventListener("beforetoggle", (/** @type {ToggleEvent} */ { newState }) => newState === "open" && fill());
  menu.addEventListener("toggle", (/** @type {ToggleEvent} */ { newState }) => newState === "open" && place(menu, button));
  menu.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    event.stopPropagation(); // of the page's own keys, which Escape is one of
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const entries = [...menu.children];
    entries[(entries.indexOf(document.activeElement) + step + entries.length) % entries.length].focus();
    event.preventDefault();
  });
  document.body.append(menu);
  set(value);
  return { element: button, set };
}

/** @param {ChoiceFacts} parameter @param {string} choice @param {boolean} isSelected @param {(event: MouseEvent) => void} taken */
function makeEntry(parameter, choice, isSelected, taken) {
  const meaning = parameter.meanings?.[choice];
  const words = [element("span", {}, choice), ...(meaning ? [element("small", {}, meaning)] : [])];
  const isChosen = String(isSelected);
  const about = { type: "button", className: "button", role: "option", ariaSelected: isChosen, ariaChecked: isChosen };
  const entry = element("button", about, ...words);
  entry.addEventListener("click", taken);
  return entry;
}

/** Above the button, or below it where there is no room. @param {HTMLElement} menu @param {HTMLElement} button */
function place(menu, button) {
  const box = button.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const left = Math.min(Math.max(8, box.left), Math.max(8, innerWidth - size.width - 8));
  const above = box.top - size.height - 8;
  menu.style.opacity = "1";
  menu.style.left = `${left}px`;
  menu.style.top = `${Math.max(8, above >= 8 ? above : Math.min(box.bottom + 8, innerHeight - size.height - 8))}px`;
}
