// @ts-check
/**
 * Elements of a page, each made in one expression.
 * @module elements
 */

/**
 * An element with its properties and children.
 * @param {string} tag @param {Record<string, any>} [properties] @param {(Node | string)[]} children
 * @returns {any}
 */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** @param {string} label @param {string} help @param {() => void} [pressed] @returns {HTMLButtonElement} */
export function makeButton(label, help, pressed) {
  const button = element("button", { type: "button", className: "button", title: help }, label);
  if (pressed) button.addEventListener("click", pressed);
  return button;
}

/** Show whether a button is pressed. @param {HTMLElement} button @param {boolean} isPressed */
export function showPressed(button, isPressed) {
  button.ariaPressed = String(isPressed);
}

/**
 * A whole number that a person types; what is none is not taken.
 * @param {string} label @param {string} help @param {number} value @param {number} most
 * @param {(value: number) => void} changed
 * @returns {HTMLLabelElement}
 */
export function makeNumberField(label, help, value, most, changed) {
  const maxLength = String(most).length;
  const input = element("input", { type: "text", inputMode: "numeric", autocomplete: "off", value: String(value), maxLength });
  input.addEventListener("change", () => {
    const word = input.value.trim();
    const isGood = /^\d+$/.test(word) && Number(word) <= most;
    if (isGood) value = Number(word);
    input.value = String(value);
    if (isGood) changed(value);
  });
  input.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && input.blur());
  return element("label", { className: "word", title: help }, element("small", {}, label), input);
}
