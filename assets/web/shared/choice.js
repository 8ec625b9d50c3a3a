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

/** Closes the menu that is open, if one is. */
let close = () => {};

/**
 * @param {ChoiceFacts} parameter
 * @param {(value: string) => void} chosen  the person took one
 */
export function makeChoice(parameter, chosen) {
  const word = element("b");
  const about = { type: "button", className: "word", title: parameter.help };
  const button = element("button", about, element("small", {}, parameter.label), word);
  button.dataset.name = parameter.name;
  button.setAttribute("aria-haspopup", "listbox");
  button.setAttribute("aria-expanded", "false");
  let value = parameter.default;

  /** Show a value. @param {string} now */
  const set = (now) => {
    value = now;
    word.textContent = now;
    button.setAttribute("aria-label", `${parameter.label}: ${now}`);
  };

  button.addEventListener("click", () => {
    const isOpen = button.getAttribute("aria-expanded") === "true";
    close();
    if (!isOpen) openMenu(button, parameter, value, (now) => {
      set(now);
      chosen(now);
    });
  });
  set(value);
  return { element: button, set };
}

/** @param {HTMLElement} from @param {ChoiceFacts} parameter @param {string} value @param {(value: string) => void} chosen */
function openMenu(from, parameter, value, chosen) {
  const menu = element("div", { className: "menu" });
  menu.setAttribute("role", "listbox");
  menu.setAttribute("aria-label", parameter.label);
  for (const choice of parameter.choices) {
    const meaning = parameter.meanings?.[choice];
    const words = [element("span", {}, choice), ...(meaning ? [element("small", {}, meaning)] : [])];
    const entry = element("button", { type: "button", className: "button" }, ...words);
    entry.setAttribute("role", "option");
    entry.setAttribute("aria-selected", String(choice === value));
    entry.setAttribute("aria-checked", String(choice === value));
    entry.addEventListener("click", () => {
      close();
      chosen(choice);
    });
    menu.append(entry);
  }
  document.body.append(menu);
  const box = from.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const left = Math.min(Math.max(8, box.left), Math.max(8, innerWidth - size.width - 8));
  const above = box.top - size.height - 8;
  menu.style.left = `${left}px`;
  menu.style.top = `${Math.max(8, above >= 8 ? above : Math.min(box.bottom + 8, innerHeight - size.height - 8))}px`;
  from.setAttribute("aria-expanded", "true");

  /** @param {Event} event */
  const outside = (event) => {
    const target = /** @type {Node} */ (event.target);
    if (!menu.contains(target) && !from.contains(target)) close();
  };
  /** @param {KeyboardEvent} event */
  const keys = (event) => {
    const entries = /** @type {HTMLElement[]} */ ([...menu.children]);
    const at = entries.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      close();
      from.focus();
    } else if (step) entries[(at + step + entries.length) % entries.length].focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("pointerdown", outside, true);
  document.addEventListener("keydown", keys, true);
  close = () => {
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("keydown", keys, true);
    menu.remove();
    from.setAttribute("aria-expanded", "false");
    close = () => {};
  };
  /** @type {HTMLElement | null} */ (menu.querySelector('[aria-selected="true"]'))?.focus({ preventScroll: true });
}
